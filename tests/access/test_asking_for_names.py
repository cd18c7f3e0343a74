"""Whoever asks for names says for whom: no code of the portal reads a table of names without the rule, but for a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from access.names import Sayable

NAMES = {model.__name__ for model in apps.get_models() if issubclass(model, Sayable)}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
BY_THE_RULE = {"sayable_to", "told_to", "sayable", "none"}
ELSEWHERE = {"tests", "migrations", "bench", "node_modules", "var"}

LOADS = "loads the world or a demonstration, for nobody in particular"
IMPORTS = "reads what feeds bring, for nobody in particular; what is found is told by the rule"
OF_WHAT_IS_READ = "names what rows name that the viewer sees: the keys come from those"
OF_THE_OWN_DESK = "of a dialogue whose Secretariat asks, which may be told of it"
LOCKS = "locks a row, and says nothing of it"
WITHOUT_THE_RULE = {
    "accounts/audiences/forms.py:__init__": OF_THE_OWN_DESK,
    "accounts/audiences/forms.py:offer_groups_of": OF_THE_OWN_DESK,
    "accounts/audiences/presets.py:readers_named": "goes through both tables, each by `sayable`",
    "accounts/audiences/presets.py:who_can_read": "a theme that the audience of a row names which its reader sees",
    "demo/cast.py:*": LOADS,
    "accounts/nominations/admin_pages.py:partners_of_desk": "those that take part in a dialogue of the Secretariat that asks",
    "accounts/nominations/views.py:_partners_or_404": "partners for which the reader nominates",
    "accounts/nominations/nominating.py:*": f"{LOCKS}; themes come from a form that offers those of dialogues the partner is in",
    "accounts/audiences/persona_forms.py:_everybody": OF_THE_OWN_DESK,
    "accounts/audiences/personas.py:as_sentence": "whom the Secretariat chose to see the portal as, told to whoever chose",
    "accounts/nominations/reminders.py:*": "writes to the people of each partner, about themselves",
    "atlas/loading/world.py:*": LOADS,
    "atlas/country_map.py:countries_on_map": "by the rule, and States by the memberships that the viewer sees",
    "indicators/loading.py:*": LOADS,
    "indicators/reporting_areas.py:*": LOADS,
    "newscentre/calendar/loading.py:*": LOADS,
    "demo/feeds.py:*": LOADS,
    "newscentre/articles/first_hand.py:*": "the portal's own publisher, reference data",
    "newscentre/library/loading.py:*": LOADS,
    "newscentre/feeds/opml_import.py:publisher_of": "addresses that are taken, and the making of a publisher",
    "newscentre/articles/names.py:_of_the_press": IMPORTS,
    "newscentre/articles/names.py:named_in_the_press": "a beginning, to which who asks for a reader adds the rule",
    "profiles/search_kinds.py:names_beginning": OF_WHAT_IS_READ,
    "profiles/editing/rollback.py:_names": "what the sections of a profile of the desk's own hold or held",
    "profiles/editing/rollback.py:roll_back": "what the sections of a profile of the desk's own held",
    "profiles/loading.py:*": LOADS,
    "profiles/reading.py:read": OF_WHAT_IS_READ,
    "routes/subject_map.py:crossings_of": OF_WHAT_IS_READ,
    "routes/quality_checks.py:checks_of": "agencies that the desk itself asked to check its map",
    "routes/figures.py:figures_of_areas": OF_WHAT_IS_READ,
    "routes/loading.py:*": LOADS,
    "routes/reading.py:routes_of": OF_WHAT_IS_READ,
}


def asked_without_the_rule(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The function, and the line, of each manager of names behind which no call asks by the rule."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        asks = isinstance(node, ast.Attribute) and node.attr in MANAGERS and _word_of(node.value) in NAMES
        if asks and BY_THE_RULE.isdisjoint(_called_on(node, above)):
            yield _function_of(node, above), node.lineno


def _word_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _called_on(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """The words behind it: `filter`, `sayable_to` of `Subject.objects.filter(…).sayable_to(…)`."""
    held, node = node, above[node]
    while (isinstance(node, ast.Attribute) and node.value is held) or (
        isinstance(node, ast.Call) and node.func is held
    ):
        if isinstance(node, ast.Attribute):
            yield node.attr
        held, node = node, above[node]


def _function_of(node: ast.AST, above: dict[ast.AST, ast.AST]) -> str:
    while node in above:
        node = above[node]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node.name
    return ""


def _modules() -> Iterator[tuple[str, ast.AST]]:
    root = Path(settings.BASE_DIR)
    rooms = {Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root}
    for room in sorted(rooms):
        for path in sorted(room.rglob("*.py")):
            if ELSEWHERE.isdisjoint(path.relative_to(root).parts):
                yield str(path.relative_to(root)), ast.parse(path.read_text())


def test_no_code_asks_for_names_without_saying_who_is_told():
    found = {(module, function): line for module, tree in _modules() for function, line in asked_without_the_rule(tree)}
    known = {tuple(place.split(":")) for place in WITHOUT_THE_RULE}
    unknown = [
        f"{module}:{line} in {function}"
        for (module, function), line in found.items()
        if (module, function) not in known and (module, "*") not in known
    ]
    assert not unknown, "ask by `sayable_to`, or say in WITHOUT_THE_RULE why not"
    gone = {
        place for place in known if place not in found and not (place[1] == "*" and place[0] in {m for m, _ in found})
    }
    assert not gone, "these ask by the rule now, or are gone"


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("def view(): return Subject.objects.filter(kind='country')", True),
        ("def view(): return models.Partner.objects.all()", True),
        ("def view(): return Subject.objects.filter(pk__in=Theme.objects.sayable_to(viewer))", True),
        ("def view(): return Theme._default_manager.get(pk=1)", True),
        ("def view(): return Subject.objects.sayable_to(viewer).filter(kind='country')", False),
        ("def view(): return Subject.objects.filter(kind='country').told_to(viewer)", False),
        ("def view(): return Dialogue.objects.all()", False),
    ],
)
def test_asking_is_known_by_what_is_called_on_the_manager(code, is_found):
    assert [name for name, _line in asked_without_the_rule(ast.parse(code))] == (["view"] if is_found else [])
