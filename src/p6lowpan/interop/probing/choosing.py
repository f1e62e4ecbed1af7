"""What is sent next for a probe: itself, a check for room, what completes datagrams, or a control."""

from collections.abc import Mapping
from dataclasses import replace

from p6lowpan.interop.probing import plan_fragments
from p6lowpan.interop.probing.attempt import CHECKS, CHECKS_AGAIN, Course, Kind, are_fragments, completion
from p6lowpan.interop.probing.probe import (
    AS_KNOWN,
    Form,
    Frames,
    Probe,
    ending_together,
    for_everybody,
    in_form,
    least,
    plain,
)
from p6lowpan.interop.probing.questions import Question, echo
from p6lowpan.interop.probing.remaining import Remaining
from p6lowpan.interop.probing.results import Results
from p6lowpan.interop.probing.room import Room
from p6lowpan.interop.probing.scene import Base, Scene

FORMS: Mapping[Base, Form] = {Base.PLAIN: plain, Base.IPHC: least}
FARTHEST = 4
"""Times the measure of a rung: what is asked along with it at most."""
Asked = tuple[tuple[Question, ...], Frames]


def needed(results: Results, frames: Frames) -> int:
    """How many tries with these frames must go unanswered."""
    return results.tries(len(frames), for_everybody(frames))


class Choosing:
    """See the module."""

    def __init__(self, remaining: Remaining, results: Results, room: Room) -> None:
        self._remaining = remaining
        self._results = results
        self._room = room
        self._went_along: set[str] = set()

    def next(self, course: Course, scene: Scene, number: int) -> tuple[Kind, tuple[Question, ...], Frames]:
        """What is sent, and why."""
        questions = course.probe.ask(scene, number)
        frames = course.probe.send(scene, questions, number)
        if self._is_to_be_checked(course, scene) and are_fragments(frames):
            checked, sent = self.check(course, scene, number)
            if are_fragments(sent):
                return self._check_or_completion(course, checked, sent)
        if course.is_stuck or course.is_kept or course.tried >= needed(self._results, frames):
            return Kind.CONTROL, *self.control(course, scene, number)
        if course.probe.staggers and scene.parallel > 1:
            return Kind.TRY, *self._together(course, scene, number, needed(self._results, frames))
        return Kind.TRY, questions, frames

    def _together(self, course: Course, scene: Scene, number: int, tries: int) -> Asked:
        """Higher rungs go along, spread over those that are open; where there are none, several tries of the same."""
        most = scene.parallel - 1
        along = self._spread(course, most) or [course.probe] * min(most, tries - course.tried - 1)
        questions, rows = list[Question](), list[Frames]()
        for each, probe in enumerate((course.probe, *along)):
            asked = probe.ask(scene, number + each)
            rows.append(probe.send(scene, asked, number + each))
            questions += [replace(one, of=probe.name) for one in asked] if each else asked
        return tuple(questions), ending_together(rows)

    def _spread(self, course: Course, most: int) -> list[Probe]:
        """Not those that were not answered along the way, nor any above, nor what takes so much longer."""
        rung = course.probe.rung
        above = [one for one in self._remaining.above(course.probe) if one.rung <= FARTHEST * rung]
        lowest = min((one.rung for one in above if one.name in self._went_along), default=float("inf"))
        within = [one for one in above if one.rung < lowest]
        count = min(most, len(within))
        chosen = [within[(each + 1) * len(within) // count - 1] for each in range(count)]
        self._went_along |= {one.name for one in chosen}
        return chosen

    def _is_to_be_checked(self, course: Course, scene: Scene) -> bool:
        is_of_use = scene.fragments is not None or course.last is not None
        return self._room.may_be_taken and is_of_use and not course.is_stuck and not course.is_kept

    def _check_or_completion(
        self, course: Course, questions: tuple[Question, ...], frames: Frames
    ) -> tuple[Kind, tuple[Question, ...], Frames]:
        if course.checked < CHECKS or course.is_completed:
            return Kind.CHECK, questions, frames
        course.is_completed, course.checked = True, CHECKS - CHECKS_AGAIN
        again = completion(course.last.frames) if course.last is not None else ()
        return (Kind.COMPLETION, (), again) if again else (Kind.CHECK, questions, frames)

    def check(self, course: Course, scene: Scene, number: int) -> Asked:
        """What is put together where there is room: the most that was, where a bound is tried; while nothing is known
        to be, the same packet in the plainest form."""
        below = self._remaining.below(course.probe) if course.probe.fills else None
        if below is not None:
            ask, send = below.ask, below.send
        elif scene.fragments is not None:
            ask, send = plan_fragments.control, plan_fragments.IN_FRAGMENTS
        else:
            ask, send = course.probe.ask, AS_KNOWN
        questions = ask(scene, number)
        return questions, send(scene, questions, number)

    def control(self, course: Course, scene: Scene, number: int) -> Asked:
        """The same packets, the plainest way. Where a bound is tried, or there is no room for fragments, they may be
        too much in any form, and a short one is asked."""
        send = AS_KNOWN if scene.base is not None else in_form(FORMS[course.guessed])
        if not course.probe.ladder and not course.is_stuck:
            same = course.probe.ask(scene, number)
            frames = send(scene, same, number)
            if not (course.is_kept and are_fragments(frames)):
                return same, frames
        questions = (echo(scene, number),)
        return questions, send(scene, questions, number)
