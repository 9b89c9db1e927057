"""The import contracts cover every store and every package."""

from configparser import ConfigParser

from support.tree import ROOT

SOURCE = ROOT / "src" / "copartner"


def test_every_store_has_a_contract_of_its_own() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    protected = {
        contracts[section]["protected_modules"].strip(): contracts[section]["allowed_importers"].strip()
        for section in contracts.sections()
        if contracts[section].get("type") == "protected"
    }
    stores = {
        f"copartner.{path.parent.relative_to(SOURCE).as_posix().replace('/', '.')}"
        for path in (*SOURCE.rglob("store.py"), *SOURCE.rglob("store/__init__.py"))
        if path.parent.name != "store" or path.name == "__init__.py"
    }
    owners = {owner.removesuffix(".store") for owner in stores}
    assert protected == {f"{owner}.store": owner for owner in owners}, (
        "Give each store in .importlinter a contract of type protected whose one importer is its own package; "
        "a wildcard would let a sibling in."
    )
