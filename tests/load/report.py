"""What the load test found, in words, as a table and a picture, and how they get into docs/performance.md."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.bench.report import PAGE, machine
from tests.load.picture import knee_as_svg
from tests.load.rungs import Rung

BEGIN, END = "<!-- the whole journey, written by make load -->", "<!-- end of the journey -->"
PICTURE = PAGE.parent / "pictures" / "knee.svg"
AIM = 0.999


def tell(found: Rung) -> None:
    print(_line(found), flush=True)
    for fault in found.faults:
        print(f"  {fault[:300]}", flush=True)


def knee(rungs: Sequence[Rung]) -> Rung:
    """The last that holds."""
    held = [each for each in rungs if each.holds]
    if not held:
        raise SystemExit("Not even the first rate holds on this machine, as busy as it is.")
    return held[-1]


def write(rungs: Sequence[Rung], half: Rung, workers: int) -> None:
    PICTURE.write_text(knee_as_svg(rungs, knee(rungs), half))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    text = "\n".join(_words(rungs, half, workers))
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


def _words(rungs: Sequence[Rung], half: Rung, workers: int) -> list[str]:
    top, parts = knee(rungs), half.cpu
    is_met = half.within >= AIM
    return [
        f"{datetime.now(UTC):%d %B %Y}. {workers} workers. {machine().rpartition('; load by')[0]}.",
        "",
        f"![Time of whole journeys by readers a second; the knee is at {top.rate:g}](pictures/{PICTURE.name})",
        "",
        f"The knee is at **{top.rate:g} journeys a second** ({top.rate * 86_400:,.0f} a day if they came evenly). "
        f"At {half.rate:g}, for {half.seconds:.0f} seconds, {half.within:.2%} of {half.come:,} whole journeys were "
        f"over in 250 ms (aim: 99.9 %, {'met' if is_met else '**missed**'}), with {half.failed} failures.",
        "",
        "| journeys a second | failed | half of them in | 95 % in | 99 % in | 99.9 % in | the slowest |",
        "|---|---|---|---|---|---|---|",
        *map(_row, rungs),
        f"| **{half.rate:g}, half the knee** {_row(half).partition(' ')[2].partition(' ')[2]}",
        "",
        "Each step at half the knee, and what CPU a journey takes in all:",
        "",
        "| step | half of them in | 99 % in | 99.9 % in |",
        "|---|---|---|---|",
        *(
            f"| {name} | {each['50']:.0f} ms | {each['99']:.0f} ms | {each['99.9']:.0f} ms |"
            for name, each in half.steps.items()
        ),
        "",
        "CPU of a journey: "
        + ", ".join(f"{part} {spent:.1f} ms" for part, spent in parts.items())
        + ". Resident in the "
        "end: " + ", ".join(f"{each:.0f} MB" for each in half.resident) + ".",
    ]


def _row(each: Rung) -> str:
    told = each.journeys
    times = " | ".join(f"{told[name]:,.0f} ms" for name in ("50", "95", "99", "99.9", "100"))
    return f"| {each.rate:g} | {each.failed} of {each.come:,} | {times} |"


def _line(each: Rung) -> str:
    cpu = ", ".join(f"{part} {spent:.1f}" for part, spent in each.cpu.items())
    steps = ", ".join(
        f"{name} {took['50']:.0f}/{took['99']:.0f}/{took['99.9']:.0f}" for name, took in each.steps.items()
    )
    memory = ", ".join(f"{size:.0f}" for size in each.resident)
    return f"{_row(each)} {each.within:.2%} in 250 ms; CPU in ms: {cpu}; resident MB: {memory}\n  {steps}"
