"""A small year: with one tap at submission the result arrives, and the rules are why."""

from dataclasses import replace

from benchmarks.year import city
from benchmarks.year.__main__ import ALL, OLD
from benchmarks.year.city import Kind
from benchmarks.year.play import ALL_TAPS, Found, Rules, Year
from models import Flow, Importance

KINDS = [Kind("a", Flow.APPROVAL, 3), Kind("b", Flow.REQUEST, 2), Kind("c", Flow.ENROL, 1)]
CASES = city.build(KINDS, cases=200, seed=1)


def played(rules: Rules) -> Found:
    return Year(CASES, rules, seed=1).play()


def test_the_result_arrives_by_the_rules_and_not_without_them() -> None:
    by_the_rules, kept_nothing, old = (
        played(rules) for rules in (ALL, replace(ALL, last_credit_kept=False), OLD)
    )

    assert by_the_rules.result_share >= 0.95
    assert kept_nothing.result_share < 0.6
    assert old.result_share == 0
    assert by_the_rules.told == old.told
    assert by_the_rules.arrived[Importance.ECHO] == 0


def test_asking_at_each_tap_brings_more_than_asking_once() -> None:
    once, often = played(ALL), played(replace(ALL, taps=ALL_TAPS))

    assert often.on_phone > 1.5 * once.on_phone
    assert often.asked > once.asked
