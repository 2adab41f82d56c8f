"""A bare Debian server that boots systemd: made by debootstrap, run by systemd-nspawn on a network of its own."""

import os
import platform
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PROGRAMS = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "slirp4netns": "slirp4netns"}
MIRROR = os.environ.get("MIRROR", "").split()  # without one, debootstrap takes its own
AUTHORITIES = Path("usr/local/share/ca-certificates")  # whom this machine believes besides Debian's list
CLEAN = {"HOME": "/root", "USER": "root", "TERM": "dumb", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"}
NAME = "gatefold-bare"
PATIENCE = 90  # seconds for a boot


class CannotBoot(Exception):
    """This machine can't run such a server; the message says why."""


class Server:
    """`root` is its disk. What it asks of the network, and nothing else, goes by this machine's."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._machine: subprocess.Popen[bytes] | None = None
        self._network: subprocess.Popen[bytes] | None = None

    def boot(self) -> None:
        """Systemd as the first process, and nothing else that this machine runs in sight."""
        flags = ["--quiet", "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off", "--timezone=off"]
        log = self.root.with_suffix(".boot")
        with log.open("wb") as out:
            command = ["systemd-nspawn", *flags, f"--machine={NAME}", f"--directory={self.root}", "--boot"]
            self._machine = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while self.run("systemctl is-system-running --wait >/dev/null; systemctl is-active multi-user.target").failed:
            if self._machine.poll() is not None or time.monotonic() > until:
                self.close()
                raise CannotBoot(
                    f"systemd does not boot in a container here:\n{log.read_text(errors='replace')[-800:]}"
                )
            time.sleep(0.3)
        command = ["slirp4netns", "--configure", "--mtu=1400", str(self.first_process()), "tap0"]
        self._network = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.run("grep -q tap0 /proc/net/route").failed:
            if self._network.poll() is not None or time.monotonic() > until:
                self.close()
                raise CannotBoot("slirp4netns gives it no network")
            time.sleep(0.1)

    def reboot(self) -> None:
        self.close()
        self.boot()

    def close(self) -> None:
        """Shut down as by its switch: systemd stops what runs."""
        for process, ending in ((self._machine, signal.SIGTERM), (self._network, signal.SIGTERM)):
            if process is not None:
                if process is self._machine:
                    with suppress(OSError, CannotBoot):
                        os.kill(self.first_process(), signal.SIGRTMIN + 4)  # systemd's word for: power off
                else:
                    process.send_signal(ending)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._machine = self._network = None

    def first_process(self) -> int:
        if self._machine is None:
            raise CannotBoot("it does not run")
        children = Path(f"/proc/{self._machine.pid}/task/{self._machine.pid}/children").read_text().split()
        if not children:
            raise CannotBoot("its first process is gone")
        return int(children[0])

    def inside(self, *command: str, only: str = "--all") -> list[str]:
        """The words that run a command in it: in all of it, or only in its network."""
        return ["nsenter", f"--target={self.first_process()}", only, "--", *command]

    def run(self, script: str, given: str | None = None) -> "Answer":
        """What a fresh login shell of root's there makes of a script; it ends at the first command that fails."""
        try:
            command = self.inside("env", "-i", *(f"{name}={value}" for name, value in CLEAN.items()))
            done = subprocess.run(
                [*command, "bash", "-l", "-e", "-c", script],
                input=given or "",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
        except (CannotBoot, FileNotFoundError) as error:
            return Answer(-1, str(error))
        return Answer(done.returncode, done.stdout)


class Answer:
    def __init__(self, code: int, said: str) -> None:
        self.failed = code != 0
        self.said = said


def made(release: str, store: Path, folder: Path) -> Server:
    """A server as Debian's installer leaves it, with no more than is needed to boot. Its disk is kept in `store`."""
    if platform.system() != "Linux" or os.geteuid() != 0:
        raise CannotBoot("only root on Linux can make one")
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        raise CannotBoot(f"it needs `apt-get install {' '.join(missing)}`")
    disk = store / release
    if not (disk / "etc/debian_version").exists():
        shutil.rmtree(disk, ignore_errors=True)
        disk.parent.mkdir(parents=True, exist_ok=True)
        half = disk.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", release, str(half), *MIRROR]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotBoot(f"debootstrap gives no Debian {release}:\n{(done.stdout + done.stderr)[-800:]}")
        half.rename(disk)
    root = folder / "disk"
    subprocess.run(["cp", "--archive", "--reflink=auto", str(disk), str(root)], check=True)
    (root / "etc/hostname").write_text("books\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost books.example.org\n::1 localhost books.example.org\n")
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n")  # slirp4netns passes questions on
    if Path("/", AUTHORITIES).is_dir():
        shutil.copytree(Path("/", AUTHORITIES), root / AUTHORITIES, dirs_exist_ok=True)
    return Server(root)
