"""Drafts: kept on the device, and not for ever."""

from tests.frontend.conftest import Open

KEEP = (
    "name => import('/scripts/draft.js').then(drafts => drafts.keepDraft(name, { place: 'Cluj' }))"
)
RECALL = "name => import('/scripts/draft.js').then(drafts => drafts.recallDraft(name))"
KEYS = """
() => new Promise(resolve => {
  const opening = indexedDB.open("drafts");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("drafts").objectStore("drafts").getAllKeys();
    asked.onsuccess = () => resolve(asked.result);
  };
})
"""
LATER = "Date.now = () => new Date().getTime() + 8 * 86_400_000"


def test_a_draft_is_recalled_after_a_reload(open_page: Open) -> None:
    page = open_page("/privacy.html")

    page.evaluate(KEEP, "report")
    page.reload()

    assert page.evaluate(RECALL, "report") == {"place": "Cluj"}
    assert page.evaluate(RECALL, "sighting") is None


def test_after_a_week_every_draft_is_thrown_away(open_page: Open) -> None:
    page = open_page("/privacy.html")
    for name in ("report", "photos of c1"):
        page.evaluate(KEEP, name)

    page.evaluate(LATER)

    assert page.evaluate(RECALL, "sighting") is None
    assert page.evaluate(KEYS) == []
