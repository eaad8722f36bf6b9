"""What a function of ours gives back, read off its code without running it.

The functions that make our answers are plain: a dict with these keys, a list of those for each of these. So
the description of an answer can be read where the answer is made, and is never another than that. What is
not plain is described as “anything”, never wrongly: schemathesis holds the running program to all of it.
"""

import ast
import builtins
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any, get_args, get_origin

from aiohttp.web import AppKey

from inbox.http.openapi.values import (
    ANYTHING,
    Bound,
    Either,
    Fields,
    Many,
    Real,
    Row,
    Typed,
    Value,
    either,
    is_precise,
    merged,
    options_of,
    title,
    unfolded,
    with_names,
    without_none,
)
from inbox.http.openapi.within import (
    at_place,
    attribute,
    either_way,
    hints_of,
    item_of,
    longer,
    made,
    of_builtin,
    set_at_birth,
    source_of,
)

Known = Callable[["Reader", list[Value], dict[str, Value]], Value | None]
"""What a call of a certain function is worth, and whatever is to be noted of it; None: read its code."""

_DEEPEST = 12


class Reader:
    """Reads one function, and those that it calls."""

    def __init__(self, known: Mapping[Any, Known], follow: Value, depth: int = 0) -> None:
        """`known` are functions whose worth is known. Who is given `follow` is read, whatever it gives."""
        self.known = known
        self._follow = follow
        self._depth = depth
        self._names: dict[str, Value] = {}
        self._globals: dict[str, Any] = {}
        self._returns: list[Value] = []

    def read(self, function: Any, arguments: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """What the function gives back for these arguments."""
        node = source_of(function)
        if node is None:
            return ANYTHING
        self._globals = function.__globals__
        hints = hints_of(function)
        places = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for place in places:
            self._names[place.arg] = Typed(hints[place.arg]) if place.arg in hints else ANYTHING
        given = dict(zip((p.arg for p in places), arguments, strict=False)) | dict(named)
        self._names |= {name: value for name, value in given.items() if value is not ANYTHING}
        self._run(node.body)
        return either(self._returns)

    def _run(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._step(statement)

    def _step(self, node: ast.stmt) -> None:
        match node:
            case ast.Return(value=value):
                self._returns.append(self.worth(value) if value else Real(None))
            case ast.Assign(targets=targets, value=value):
                found = self.worth(value)
                for target in targets:
                    self._bind(target, found)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                kind = self._as_type(annotation)
                found = self.worth(value) if value else ANYTHING
                self._names[name] = Typed(kind) if is_precise(kind) else found
            case ast.AugAssign(target=ast.Name(id=name), op=ast.BitOr(), value=value):
                self._names[name] = merged(self._names.get(name, ANYTHING), self.worth(value))
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[it])
            ):
                self._names[name] = longer(self._names.get(name, ANYTHING), self.worth(it))
            case ast.Expr(value=value):
                self.worth(value)
            case ast.For(target=target, iter=over) | ast.AsyncFor(target=target, iter=over):
                self._bind(target, item_of(self.worth(over)))
                self._run([*node.body, *node.orelse])
            case ast.If(test=test):
                self.worth(test)
                before = dict(self._names)
                self._run(node.body)
                after, self._names = self._names, before
                self._run(node.orelse)
                self._names = either_way(after, self._names)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for each in items:
                    self.worth(each.context_expr)
                self._run(node.body)
            case ast.Try():
                self._run([*node.body, *(s for h in node.handlers for s in h.body), *node.orelse])
            case ast.Match(subject=subject, cases=cases):
                self.worth(subject)
                for case in cases:
                    self._run(case.body)

    def _bind(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self._names[name] = value
            case ast.Tuple(elts=elts) | ast.List(elts=elts):
                for place, each in enumerate(elts):
                    self._bind(each, at_place(value, place))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
                there = self._names.get(name, ANYTHING)
                self._names[name] = merged(there, Fields({key: (value, False)}))

    def worth(self, node: ast.expr) -> Value:
        """What an expression may be worth."""
        match node:
            case ast.Constant(value=value):
                return Real(value)
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=value, attr=name):
                return either(_under(each, name) for each in options_of(without_none(self.worth(value))))
            case ast.Await(value=value) | ast.Starred(value=value):
                return self.worth(value)
            case ast.NamedExpr(target=target, value=value):
                found = self.worth(value)
                self._bind(target, found)
                return found
            case ast.Call():
                return self._called(node)
            case ast.BoolOp(op=ast.Or(), values=values):
                found_all = [self.worth(each) for each in values]
                return either([*(without_none(each) for each in found_all[:-1]), found_all[-1]])
            case ast.BoolOp(values=values):
                return either(self.worth(each) for each in values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.worth(test)
                return either((self.worth(body), self.worth(orelse)))
            case ast.Compare(left=left, comparators=others):
                for each in (left, *others):
                    self.worth(each)
                return Typed(bool)
            case ast.UnaryOp(op=ast.Not()):
                return Typed(bool)
            case ast.JoinedStr():
                return Typed(str)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return merged(self.worth(left), self.worth(right))
            case ast.BinOp(
                op=ast.Pow(), left=ast.Constant(value=int(base)), right=ast.Constant(value=int(power))
            ):
                return Real(base**power)
            case ast.Dict(keys=keys, values=values):
                return self._fields(keys, values)
            case ast.List(elts=elts):
                return Many(either(self._spread(each) for each in elts)) if elts else Many(Either(()))
            case ast.Tuple(elts=elts):
                return Row(tuple(self.worth(each) for each in elts))
            case ast.ListComp(elt=elt, generators=loops) | ast.GeneratorExp(elt=elt, generators=loops):
                self._loop(loops)
                return Many(self.worth(elt))
            case ast.DictComp(value=value, generators=loops):
                self._loop(loops)
                return Fields({}, more=self.worth(value))
            case ast.Subscript(value=value, slice=place):
                return self._part(self.worth(value), place)
        return ANYTHING

    def _spread(self, node: ast.expr) -> Value:
        return item_of(self.worth(node.value)) if isinstance(node, ast.Starred) else self.worth(node)

    def _loop(self, loops: Sequence[ast.comprehension]) -> None:
        for loop in loops:
            self._bind(loop.target, item_of(self.worth(loop.iter)))
            for test in loop.ifs:
                self.worth(test)

    def _fields(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr]) -> Value:
        found: Value = Fields({})
        for key, value in zip(keys, values, strict=True):
            worth = self.worth(value)
            if key is None:
                found = merged(found, worth)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                found = merged(found, Fields({key.value: (worth, True)}))
            else:
                found = merged(found, Fields({}, more=worth))
        return found

    def _part(self, value: Value, place: ast.expr) -> Value:
        if isinstance(place, ast.Slice):
            return value
        match place:
            case ast.Constant(value=str(name)) if isinstance(value, Fields) and name in value.of:
                return value.of[name][0]
            case ast.Constant(value=int(number)):
                return at_place(value, number)
        key = self.worth(place)
        if isinstance(key, Real) and isinstance(key.thing, AppKey):
            return Typed(key.thing._t)
        if isinstance(value, Typed) and get_origin(unfolded(value.type)) is dict:
            return Typed(get_args(unfolded(value.type))[1])
        return item_of(value) if isinstance(value, Many) else ANYTHING

    def _named(self, name: str) -> Value:
        if name in self._names:
            return self._names[name]
        if name in self._globals:
            return Real(self._globals[name])
        return Real(getattr(builtins, name)) if hasattr(builtins, name) else ANYTHING

    def _as_type(self, node: ast.expr) -> Any:
        try:
            return eval(compile(ast.Expression(node), "", "eval"), self._globals)  # noqa: S307 # nosec B307
        except NameError:  # made within the function
            return Any

    def _called(self, node: ast.Call) -> Value:
        arguments = [self.worth(each) for each in node.args]
        named = {each.arg: self.worth(each.value) for each in node.keywords if each.arg}
        for each in node.keywords:
            if each.arg is None:
                self.worth(each.value)
        return either(self.call(each, arguments, named) for each in options_of(self.worth(node.func)))

    def call(self, called: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
        thing = called.thing if isinstance(called, Real) else None
        try:
            special = self.known.get(thing)
        except TypeError:  # not hashable
            special = None
        if special is not None and (found := special(self, arguments, named)) is not None:
            return found
        if isinstance(called, Bound):
            return self._of_type(called, arguments, named)
        if isinstance(thing, MethodType | FunctionType):
            return self._of_function(thing, arguments, named)
        return made(thing, arguments)

    def _of_function(self, function: Any, arguments: list[Value], named: dict[str, Value]) -> Value:
        kind = hints_of(function).get("return", Any)
        if not (function.__module__ or "").startswith(("inbox", "connectors")):
            return Typed(kind) if is_precise(kind) else ANYTHING
        is_followed = self._follow in (*arguments, *named.values())
        if (is_precise(kind) and not is_followed) or self._depth > _DEEPEST:
            return Typed(kind) if is_precise(kind) else ANYTHING
        found = Reader(self.known, self._follow, self._depth + 1).read(function, arguments, named)
        if isinstance(found, Fields) and function.__name__.endswith("_json"):
            found = Fields(found.of, title(function.__name__.removesuffix("_json")), found.more)
        return Typed(kind) if is_precise(kind) else found

    def _of_type(self, called: Bound, arguments: list[Value], named: dict[str, Value]) -> Value:
        function = called.function
        if not inspect.isfunction(function):
            return of_builtin(called, arguments)
        kind = with_names(hints_of(function).get("return", Any), called.names)
        if is_precise(kind) or self._depth > _DEEPEST:
            return Typed(kind) if is_precise(kind) else ANYTHING
        if not function.__module__.startswith("inbox"):
            return ANYTHING
        deeper = Reader(self.known, self._follow, self._depth + 1)
        return deeper.read(function, [called.of, *arguments], named)


def _under(value: Value, name: str) -> Value:
    """What is under a name of a value, also where its `__init__` alone says so."""
    found = attribute(value, name)
    if found is not ANYTHING or not isinstance(value, Typed):
        return found
    expression, names = set_at_birth(unfolded(value.type), name)
    reader = Reader({}, Real(object()))
    reader._globals = names
    return reader.worth(expression) if expression else ANYTHING
