"""The engine on random weights: no sense in the answers, but every promise around them."""

import json
import threading
import time

import pytest
import torch
from jsonschema import validate

from docvision.engines.base import Request
from docvision.engines.registry import load_engine
from docvision.errors import ContextExceeded, InvalidRequest
from docvision.settings import EngineSettings
from tests.engines.conftest import ask, film, picture
from tests.engines.tiny import FAMILIES


def requests(engine, **options) -> list[Request]:
    side = engine.profile.factor
    return [
        ask(picture(3 * side, 2 * side), picture(4 * side, side), "Read.", max_tokens=12),
        ask("Hello", max_tokens=9),
        ask(film((0, 1.5, 3, 4.5), 2 * side, 2 * side), "What happens?", max_tokens=12),
        ask(picture(8 * side, side, seed=4), "Read all the text.", max_tokens=10),
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_says_what_each_request_says_alone(engines, family):
    engine = engines[family]
    asked = requests(engine)

    together = engine.generate(asked)
    alone = [engine.generate([request])[0] for request in asked]

    assert [answer.text for answer in together] == [answer.text for answer in alone]
    for one, other in zip(together, alone, strict=True):
        assert [t.logprob for t in one.tokens] == pytest.approx(
            [t.logprob for t in other.tokens], abs=1e-3
        )
    assert [answer.finish for answer in together] == [answer.finish for answer in alone]


@pytest.mark.parametrize("family", ["qwen3_vl", "qwen2_5_vl"])
def test_log_probabilities_are_those_of_a_forward_pass(engines, family):
    # given an answer
    engine = engines[family]
    side = engine.profile.factor
    request = ask(picture(3 * side, 2 * side), "Read.", max_tokens=12)
    (answer,) = engine.generate([request])

    # when the model is shown prompt and answer at once
    prepared = engine._preparer.prepare(request)
    (job,) = [engine._job(request)]
    ids = greedy_ids(engine, job)
    inputs = dict(prepared.tensors)
    tail = torch.tensor([ids])
    inputs["input_ids"] = torch.cat([inputs["input_ids"], tail], dim=1)
    for name, fill in (("attention_mask", 1), ("mm_token_type_ids", 0)):
        inputs[name] = torch.cat([inputs[name], torch.full_like(tail, fill)], dim=1)
    with torch.inference_mode():
        logits = engine._model(**inputs).logits[0, -len(ids) - 1 : -1]
    expected = torch.log_softmax(logits.float(), dim=-1).gather(1, tail.T)[:, 0]

    # then the natural logarithms agree
    assert [t.logprob for t in answer.tokens] == pytest.approx(expected.tolist(), abs=1e-3)
    assert "".join(token.text for token in answer.tokens) == answer.text


def greedy_ids(engine, job):
    from docvision.engines.decoding import Writing

    row = Writing(job.request, None, job.request.max_tokens)
    engine._generate([job], [row])
    return row.tokens


def test_usage_counts_what_was_shown_and_said(engines):
    engine = engines["qwen3_vl"]

    (answer,) = engine.generate([ask(picture(96, 64), "Read.", max_tokens=7)])

    assert answer.usage.visual_tokens == 6
    assert answer.usage.answer_tokens == len(answer.tokens) == 7
    assert answer.usage.prompt_tokens > 6
    assert answer.finish == "length"


def test_a_cancelled_answer_stops_within_a_token_or_two(engines):
    # given a caller that gives up when asked for the fifth time
    asked = []

    def cancelled():
        asked.append(time.monotonic())
        return len(asked) >= 5

    (answer, other) = engines["qwen3_vl"].generate(
        [ask("Hello", max_tokens=500, cancelled=cancelled), ask("Hello", max_tokens=20)]
    )

    # then it stops there, and the neighbour in the batch does not
    assert answer.finish == "cancelled"
    assert len(answer.tokens) <= 6
    assert other.finish != "cancelled"
    assert len(other.tokens) > 6


def test_what_is_cancelled_while_it_waits_is_not_begun(engines):
    # given an engine busy with a long answer
    engine = engines["qwen3_vl"]
    done = threading.Event()
    busy = threading.Thread(
        target=lambda: engine.generate([ask("Hi", max_tokens=4000, cancelled=done.is_set)])
    )
    busy.start()
    time.sleep(0.2)

    # when another request is withdrawn while it waits
    started = time.monotonic()
    (answer,) = engine.generate([ask("Hello", cancelled=lambda: True)])
    took = time.monotonic() - started

    # then its caller does not wait for the first
    assert busy.is_alive()
    done.set()
    busy.join()
    assert (answer.finish, answer.tokens) == ("cancelled", ())
    assert took < 1.0


def test_an_endless_answer_is_cut(engines):
    # given a grammar that lets the model do nothing but repeat itself
    endless = "start: LINE\nLINE: /(the same nine words again and again and again\\n){99,}/"

    (answer,) = engines["qwen3_vl"].generate([ask("Go", grammar=endless, max_tokens=3000)])

    assert answer.finish == "loop"
    assert len(answer.tokens) < 200
    assert "the same nine words" in answer.text


SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "integer", "minimum": 0, "maximum": 99_999},
        "paid": {"type": "boolean"},
        "currency": {"enum": ["EUR", "USD"]},
        "notes": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 2},
    },
    "required": ["number", "paid", "currency", "notes"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("family", ["qwen3_vl", "qwen2_5_vl"])
def test_even_random_weights_obey_a_schema(engines, family):
    # given a batch in which each request has its own rules, or none
    word = "start: /(yes|no)/"
    answers = engines[family].generate(
        [
            ask("Extract.", schema=SCHEMA, max_tokens=300),
            ask("Is it?", grammar=word, max_tokens=50),
            ask("Hello", max_tokens=5),
            ask("Again, warmly.", schema=SCHEMA, max_tokens=300, temperature=1.5),
        ]
    )

    # then each obeys its own
    for answer in (answers[0], answers[3]):
        assert answer.finish == "stop"
        validate(json.loads(answer.text), SCHEMA)
    assert answers[1].text in ("yes", "no")
    assert len(answers[2].tokens) == 5


def test_a_grammar_that_does_not_compile_is_refused_before_the_batch(engines):
    with pytest.raises(InvalidRequest):
        engines["qwen3_vl"].generate([ask("Hi", grammar="start: (((")])
    with pytest.raises(InvalidRequest):
        engines["qwen3_vl"].generate([ask("Hi", schema={"type": "nonsense"})])
    with pytest.raises(InvalidRequest):
        engines["qwen3_vl"].generate([ask("Hi", schema={}, grammar="start: /a/")])


def test_decoding_is_greedy_unless_a_temperature_is_asked_for(engines):
    engine = engines["qwen3_vl"]

    cold = {engine.generate([ask("Hello", max_tokens=12)])[0].text for _ in range(3)}
    warm = {
        engine.generate([ask("Hello", max_tokens=12, temperature=2.0)])[0].text for _ in range(5)
    }

    assert len(cold) == 1
    assert len(warm) > 1


def test_a_request_beyond_the_context_fails_alone_and_at_once(engines):
    with pytest.raises(ContextExceeded) as caught:
        engines["qwen3_vl"].generate([ask("word " * 6000)])

    assert caught.value.detail["context"] == 4096


def test_threads_are_answered_with_their_own_answers(engines):
    engine = engines["qwen3_vl"]
    asked = [ask(f"Number {n}", max_tokens=6) for n in range(12)]
    expected = [engine.generate([request])[0].text for request in asked]
    got = {}

    def call(number):
        got[number] = engine.generate([asked[number]])[0].text

    threads = [threading.Thread(target=call, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [got[n] for n in range(12)] == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_attention_over_many_pictures_at_once_changes_nothing(checkpoints, engines, family):
    # given an engine with transformers' own attention, and ours
    stock = load_engine(EngineSettings(model=str(checkpoints[family]), attention="sdpa"))
    side = engines[family].profile.factor
    mixed = [picture(5 * side, 3 * side), picture(5 * side, 3 * side, 1), picture(7 * side, side)]
    request = ask(*mixed, film((0, 1, 2, 3), 5 * side, 3 * side), "Read.")
    inputs = engines[family]._preparer.prepare(request).tensors

    # when both look at pictures of two sizes and a film
    with torch.inference_mode():
        theirs = stock._model(**inputs).logits
        ours = engines[family]._model(**inputs).logits
    stock.close()

    # then they see the same
    assert torch.allclose(ours, theirs, atol=1e-4)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`")  # peft's own call
def test_an_adapter_changes_the_answers(checkpoints, engines, tmp_path):
    # given a LoRA adapter with weights that matter
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForImageTextToText

    torch.manual_seed(3)
    base = AutoModelForImageTextToText.from_pretrained(checkpoints["qwen3_vl"])
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    get_peft_model(base, config).save_pretrained(tmp_path / "adapter")

    # when the engine loads it
    engine = load_engine(
        EngineSettings(model=str(checkpoints["qwen3_vl"]), adapter=str(tmp_path / "adapter"))
    )
    inputs = engine._preparer.prepare(ask("Hello")).tensors
    with torch.inference_mode():
        adapted = engine._model(**inputs).logits
        plain = engines["qwen3_vl"]._model(**inputs).logits
    engine.close()

    # then the model is another
    assert not torch.allclose(adapted, plain, atol=1e-2)
