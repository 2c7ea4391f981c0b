"""Scores say what a user would: a made-up value counts like a missing one."""

from training.scoring import f1, value_counts


def test_an_absent_value_counts_like_any_other():
    gold = '{"a": "x", "b": null, "rows": [{"c": "1"}]}'
    counts = value_counts(gold, '{"a": "x", "b": "y", "rows": [{"c": "1"}, {"c": "2"}]}')
    assert counts == {"fields": (1, 2, 2), "items": (1, 1, 2)}
    assert f1([counts["fields"]]) == 0.5
    assert value_counts(gold, "{broken")["fields"] == (0, 2, 0)
