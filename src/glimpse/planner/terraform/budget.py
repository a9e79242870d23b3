"""
The bounds of one reading. A stack that reaches one is an attack or a mistake; its reading ends with one sentence.

What a stack may cost grows with its files, so that ten thousand resources are read and a bomb of a few lines is not.
"""

from __future__ import annotations

from collections.abc import Callable

from glimpse.planner.terraform.errors import TooMuch
from glimpse.planner.terraform.values import PLAIN, Value

STEPS, STEPS_PER_BYTE = 250_000, 20
"""Expressions evaluated: about half a second on the machines of 2026. This repository's own stack takes 370 for
110 kB."""

SIZE, SIZE_PER_BYTE = 2_000_000, 20
"""Elements and characters made by all expressions together."""

SIZE_OF_A_COLLECTION = 3
"""What an empty one takes, in elements."""

WALKED_PER_STEP, LETTERS_PER_ELEMENT = 5, 4
"""Elements that are compared, converted or searched in the time of a step, and letters in that of an element."""

BITS_PER_STEP = 200
"""Computing with a number of so many bits takes as long as one step."""

LARGE = 100
"""The size of a value that holds at least this many elements is kept."""

MAX_DEPTH = 500
"""Expressions in expressions and names that lead to names, at one time."""

FRAMES_PER_DEPTH = 12
"""Python calls that one level of that takes, with room to spare."""

MAX_RESOURCES = 20_000
MAX_MODULES = 2_000
SECONDS = 20.0
STEPS_BETWEEN_LOOKS = 2_000


class Budget:
    """Counts what a reading does. `clock` gives seconds; `seconds` is how many it may take, at most."""

    def __init__(self, clock: Callable[[], float], seconds: float = SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._until = clock() + seconds
        self._look_at = STEPS_BETWEEN_LOOKS
        self.max_steps = STEPS
        self.max_size = SIZE
        self.steps = 0
        self.size = 0
        self.depth = 0
        self.resources = 0
        self.modules = 0
        self._sizes: dict[int, tuple[Value, int]] = {}

    def allow(self, read_bytes: int) -> None:
        """So many bytes of files were read, and may be evaluated."""
        self.max_steps += STEPS_PER_BYTE * read_bytes
        self.max_size += SIZE_PER_BYTE * read_bytes

    def begin_world(self) -> None:
        """The same files are evaluated anew."""
        self.steps = self.size = self.resources = self.modules = 0
        self._look_at = STEPS_BETWEEN_LOOKS
        self._sizes.clear()

    def step(self, steps: int = 1) -> None:
        """One expression more is evaluated, or what takes as long as several."""
        self.steps += steps
        if self.steps >= self._look_at:
            self._look_at = self.steps + STEPS_BETWEEN_LOOKS
            if self.steps > self.max_steps:
                raise TooMuch("steps", self.max_steps)
            if self._clock() > self._until:
                raise TooMuch("seconds", int(self._seconds))

    def spend(self, size: int) -> None:
        """So many elements or characters are about to be made."""
        self.size += size
        if self.size > self.max_size:
            raise TooMuch("size", self.max_size)

    def spend_on(self, value: Value) -> None:
        """
        A collection was made of others, and everything in it may be walked through from now on.

        The same list in a list a thousand times takes no room, but whoever compares or encodes it walks through it.
        """
        stack = [value]
        while stack:
            item = stack.pop()
            inside = item.values() if isinstance(item, dict) else item
            self.spend(len(inside) + SIZE_OF_A_COLLECTION)
            stack += [part for part in inside if type(part) not in PLAIN and isinstance(part, tuple | dict)]

    def walk(self, *values: Value) -> None:
        """These are about to be walked through: a function or an operator takes as long as they are large."""
        size = sum(self._size_of(value) for value in values if isinstance(value, str | tuple | dict))
        if size >= WALKED_PER_STEP:
            self.step(size // WALKED_PER_STEP)

    def _size_of(self, value: Value) -> int:
        """Everything that a value holds at any depth."""
        if isinstance(value, str):
            return len(value) // LETTERS_PER_ELEMENT
        if id(value) in self._sizes:
            return self._sizes[id(value)][1]
        size, stack = 0, [value]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                size += len(item) // LETTERS_PER_ELEMENT
            elif isinstance(item, tuple | dict):
                size += len(item)
                stack += item.values() if isinstance(item, dict) else item
        if size >= LARGE:
            # The value is kept as well, for its id to stay its own.
            self._sizes[id(value)] = value, size
        return size

    def add_resources(self, count: int) -> None:
        self.resources += count
        if self.resources > MAX_RESOURCES:
            raise TooMuch("resources", MAX_RESOURCES)

    def add_module(self) -> None:
        self.modules += 1
        if self.modules > MAX_MODULES:
            raise TooMuch("modules", MAX_MODULES)
