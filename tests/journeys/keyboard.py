"""Somebody with a keyboard and nothing else: goes from stop to stop, and presses only what has the focus."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

FARTHEST = 150  # stops that a person may be asked to pass
IN_VIEW = """at => {
    const box = at.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0 && box.width > 0;
}"""


class Keyboard:
    """Every place is reached by Tab, and must be in view when it is; every press is told where it has to lead."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = page.keyboard
        page.on("filechooser", lambda _: None)  # from the beginning, else the first key may be faster than the watch

    def to(self, name: str, role: str = "textbox") -> Locator:
        """Tab until the thing that is announced so has the focus."""
        goal = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        return self.to_place(goal, f"the {role} “{name}”")

    def to_place(self, goal: Locator, name: str) -> Locator:
        at = self.page.locator(":focus").and_(goal)
        for _ in range(FARTHEST):
            if at.count():
                break
            self.keys.press("Tab")
        expect(at, f"{name} can’t be reached by Tab").to_be_focused()
        expect(at, f"{name} has the focus and is out of view").to_be_in_viewport()
        assert at.evaluate(IN_VIEW), f"{name} has the focus and is out of view"
        return at

    def write(self, name: str, words: str, role: str = "textbox") -> None:
        field = self.to(name, role)
        self.keys.type(words)
        expect(field).to_have_value(words)

    def paste(self, name: str, words: str) -> None:
        field = self.to(name)
        self.keys.insert_text(words)
        expect(field).to_have_value(words)

    def choose(self, name: str, option: str) -> None:
        """An option is chosen by typing how it begins."""
        field = self.to(name, "combobox")
        self.keys.type(option)
        expect(field.locator("option:checked")).to_have_text(option)

    def press(self, name: str, role: str = "button") -> None:
        """Press what has this name, and be where it leads once another page is there."""
        self.to(name, role)
        with self.page.expect_navigation():
            self.keys.press("Enter")

    def follow(self, name: str) -> None:
        self.press(name, "link")

    def skip_to_content(self) -> None:
        """The first stop of a fresh page leads past its head."""
        self.keys.press("Tab")
        expect(self.page.get_by_role("link", name="Skip to content")).to_be_focused()
        self.keys.press("Enter")

    def pick_file(self, label: str, path: Path) -> None:
        """The field opens the system's own dialog, which is not ours to drive."""
        field = self.to_place(self.page.get_by_label(label, exact=True), f"the file field “{label}”")
        with self.page.expect_file_chooser() as opened:
            self.keys.press("Enter")
        opened.value.set_files(path)
        expect(field).to_be_focused()
