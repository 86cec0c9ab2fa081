"""The import-linter contract that keeps `tapeflow.core` from importing the public modules around it."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class InnerContract(Contract):
    """Modules of `inner` import nothing from `outer` but each other.

    Stock contracts want every outer module listed; this one stays right when a module is added.
    """

    inner = fields.StringField()
    outer = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        arrows = [
            details
            for module in sorted(self._family(graph, self.inner))
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if self._is_outside(imported)
            for details in graph.get_import_details(importer=module, imported=imported)
        ]
        return ContractCheck(kept=not arrows, metadata={"arrows": arrows})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for arrow in check.metadata["arrows"]:
            output.print_error(f"{arrow['importer']} -> {arrow['imported']} (l.{arrow['line_number']})")

    def _family(self, graph: ImportGraph, name: str) -> set[str]:
        return {name} | graph.find_descendants(name)

    def _is_outside(self, module: str) -> bool:
        inside_outer = module == self.outer or module.startswith(f"{self.outer}.")
        inside_inner = module == self.inner or module.startswith(f"{self.inner}.")
        return inside_outer and not inside_inner
