"""The command line: `gatefold`, or `python -m api`."""

from api.commands import gatefold


def main() -> None:
    gatefold(prog_name="gatefold")


if __name__ == "__main__":
    main()
