"""Turns the graph of influence into what the HTML page draws: cards, columns on them, edges.

In a project a card is a model and its CTEs are left out, since people think in models; in loose
files each CTE is a card.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from python_scoring.leakage.lineage.audit import PASSING_CLAUSES, Audit
from python_scoring.leakage.lineage.graph import ROWS, Edge, Graph, Influence, Node

MANY_UNITS = 4


@dataclass
class Drawing:
    """The drawing under construction.

    Args:
        audit: Gives the graph, the features and the rules.
        by_model: Whether a card is a model, else it is any relation.
    """

    audit: Audit
    by_model: bool
    _edges: dict[tuple[Node, Node], tuple[Influence, Edge]] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """The audit's graph."""
        return self.audit.workspace.graph

    def data(self) -> dict[str, Any]:
        """Cards, nodes and edges as the page's script reads them."""
        self._add_edges()
        nodes = {node for pair in self._edges for node in pair} | set(self.audit.features.values())
        ordered = sorted(nodes, key=lambda node: (node.relation, node.column))
        numbers = {node: number for number, node in enumerate(ordered)}
        red, amber = self._tainted()
        layers = self._layers()
        cards = sorted({self.card(node) for node in ordered})
        return {
            "cards": {card: self._card(card, layers.get(card, 0)) for card in cards},
            "nodes": [
                {
                    "card": self.card(node),
                    "name": "" if node.column == ROWS else self.graph.display(node),
                    "taint": 2 if node in red else 1 if node in amber else 0,
                    "forbidden": self._forbidden(node),
                }
                for node in ordered
            ],
            "edges": [
                self._edge(pair, *found, numbers, red, amber)
                for pair, found in sorted(self._edges.items(), key=lambda item: str(item[0]))
            ],
            "features": self._features(numbers),
        }

    def card(self, node: Node) -> str:
        """The card that a node is drawn on."""
        return self.graph.unit_of(node) if self.by_model else node.relation

    def _is_drawn(self, node: Node) -> bool:
        return not self.by_model or node.relation == self.graph.unit_of(node)

    def _add_edges(self) -> None:
        """One edge between two drawn nodes for any way between them through hidden ones."""
        for target in filter(self._is_drawn, self.graph.nodes()):
            queue = deque([(target, Influence.VALUE, None)])
            seen: set[tuple[Node, Influence]] = set()
            while queue:
                node, influence, telling = queue.popleft()
                for edge in self.graph.incoming(node):
                    is_value = influence is edge.influence is Influence.VALUE
                    following = Influence.VALUE if is_value else Influence.ROWS
                    if (edge.source, following) in seen:
                        continue
                    seen.add((edge.source, following))
                    told = _more_telling(telling, edge)
                    if self._is_drawn(edge.source):
                        self._keep(edge.source, target, following, told)
                    else:
                        queue.append((edge.source, following, told))  # type: ignore[arg-type]

    def _keep(self, source: Node, target: Node, influence: Influence, edge: Edge) -> None:
        known = self._edges.get((source, target))
        if source != target and (known is None or known[0] is Influence.ROWS):
            self._edges[(source, target)] = (influence, edge)

    def _features(self, numbers: dict[Node, int]) -> dict[str, dict[str, int | None]]:
        return {
            name: {"node": numbers[node], "rows": numbers.get(Node(node.relation, ROWS))}
            for name, node in self.audit.features.items()
        }

    def _forbidden(self, node: Node) -> str | None:
        is_leaf = self.graph.relations[node.relation].is_leaf
        return self.audit.rules.forbidden(node) if is_leaf else None

    def _tainted(self) -> tuple[set[Node], set[Node]]:
        """Nodes that a leak runs through, and those that hold a forbidden column without harm."""
        red: set[Node] = set()
        amber: set[Node] = set()
        targets = set(self.audit.features.values())
        targets |= {Node(node.relation, ROWS) for node in targets}
        for leaf, trail in self.audit.trails.items():
            if self.audit.rules.forbidden(leaf) is not None:
                reached = {state.node for state in trail}
                (red if reached & targets else amber).update(reached)
        return red, amber - red

    def _edge(
        self,
        pair: tuple[Node, Node],
        influence: Influence,
        edge: Edge,
        numbers: dict[Node, int],
        red: set[Node],
        amber: set[Node],
    ) -> dict[str, Any]:
        source, target = pair
        text = self.audit.workspace.texts.get(self.graph.unit_of(edge.target))
        line, code = text.place(edge.line) if text else (0, "")
        is_red = source in red and target in red
        return {
            "from": numbers[source],
            "to": numbers[target],
            "rows": influence is Influence.ROWS,
            "taint": 2 if is_red else 1 if source in amber else 0,
            "clause": edge.clause,
            "place": f"{text.path}:{line}" if text and line else "",
            "code": code,
        }

    def _card(self, card: str, layer: int) -> dict[str, Any]:
        info = self.graph.relations[card]
        text = self.audit.workspace.texts.get(info.unit)
        title = info.label.rpartition(" > ")[2] if not self.by_model else info.label
        return {
            "title": title,
            "layer": layer,
            "isSource": info.is_leaf,
            "path": text.path if text else "",
        }

    def _layers(self) -> dict[str, int]:
        """For each card the length of the longest way to it from a source; cycles are cut."""
        before: dict[str, set[str]] = {}
        for source, target in self._edges:
            if self.card(source) != self.card(target):
                before.setdefault(self.card(target), set()).add(self.card(source))
        layers: dict[str, int] = {}

        def layer(card: str, path: frozenset[str]) -> int:
            if card not in layers:
                origins = before.get(card, set()) - path
                layers[card] = max((layer(each, path | {card}) + 1 for each in origins), default=0)
            return layers[card]

        for card in sorted(before):
            layer(card, frozenset())
        return layers


def draw(audit: Audit) -> dict[str, Any]:
    """The drawing of an audit, as plain data."""
    return Drawing(audit, by_model=len(audit.workspace.texts) >= MANY_UNITS).data()


def _more_telling(known: Edge | None, edge: Edge) -> Edge:
    """Of the edges on a way through a model, the one a reader wants to see."""
    if known is None or known.clause in PASSING_CLAUSES or edge.influence is Influence.ROWS:
        return edge if edge.clause not in PASSING_CLAUSES or known is None else known
    return known
