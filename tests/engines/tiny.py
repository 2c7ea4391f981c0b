"""Tiny random Qwen-VL checkpoints on disk, in the hub's layout.

They answer nonsense, but through the very classes, files and conventions of the real ones.
"""

from pathlib import Path

from docvision.engines.cores import share_cores
from docvision.engines.vision_import import allow_torchvision

share_cores()
allow_torchvision()

import torch  # noqa: E402
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, trainers  # noqa: E402
from tokenizers.models import BPE  # noqa: E402
from transformers import (  # noqa: E402
    AutoConfig,
    AutoModelForImageTextToText,
    AutoProcessor,
    Qwen2_5_VLProcessor,
    Qwen2TokenizerFast,
    Qwen2VLProcessor,
    Qwen3VLProcessor,
)
from transformers.models.qwen2_vl.image_processing_qwen2_vl import (  # noqa: E402
    Qwen2VLImageProcessor,
)
from transformers.models.qwen2_vl.video_processing_qwen2_vl import (  # noqa: E402
    Qwen2VLVideoProcessor,
)
from transformers.models.qwen3_vl.video_processing_qwen3_vl import (  # noqa: E402
    Qwen3VLVideoProcessor,
)

SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
    "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
    "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip

CHAT_TEMPLATE = (
    "{%- for message in messages -%}{{ '<|im_start|>' + message.role + '\\n' }}"
    "{%- if message.content is string -%}{{ message.content }}"
    "{%- else -%}{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}{{ '<|vision_start|><|image_pad|><|vision_end|>' }}"
    "{%- elif part.type == 'video' -%}{{ '<|vision_start|><|video_pad|><|vision_end|>' }}"
    "{%- elif 'text' in part -%}{{ part.text }}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}{{ '<|im_end|>\\n' }}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)

CORPUS = (
    "Read all the text in the image. Invoice number 10023, total 1,250.00 EUR.",
    '{"name": "value", "total": 12.5, "items": [1, 2, 3], "paid": true, "note": null}',
    "The quick brown fox jumps over the lazy dog. Grüße aus Köln, café, naïve, 東京, данные.",
) * 20  # fmt: skip

FAMILIES = ("qwen3_vl", "qwen3_vl_moe", "qwen2_5_vl", "qwen2_vl", "qwen3_5")


def build(folder: Path, family: str, *, seed: int = 0) -> Path:
    """Write a random checkpoint of a family into `folder` and return it."""
    tokenizer = _tokenizer()
    torch.manual_seed(seed)
    config = AutoConfig.for_model(family, **_config(family, tokenizer))
    model = AutoModelForImageTextToText.from_config(config)
    with torch.no_grad():
        # Wide enough logits that rounding does not decide which token is the likeliest.
        model.get_output_embeddings().weight.mul_(8)
    model.generation_config.eos_token_id = [
        tokenizer.convert_tokens_to_ids(name) for name in ("<|im_end|>", "<|endoftext|>")
    ]
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    # As in the published checkpoints: settings for chatting that reading must not follow.
    model.generation_config.do_sample = True
    model.generation_config.temperature = 0.7
    model.generation_config.repetition_penalty = 1.05
    model.save_pretrained(folder)
    _processor(family, tokenizer).save_pretrained(folder)
    AutoProcessor.from_pretrained(folder)
    return folder


def _tokenizer() -> Qwen2TokenizerFast:
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = Regex(r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|[^\r\n\p{L}\p{N}]?\p{L}+|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(split, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return Qwen2TokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        unk_token=None,
        extra_special_tokens=list(SPECIAL),
    )


def _config(family: str, tokenizer: Qwen2TokenizerFast) -> dict:
    ids = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
    }
    rope = {"rope_type": "default", "rope_theta": 10_000.0}
    vision = {"depth": 2, "num_heads": 4, "spatial_merge_size": 2, "temporal_patch_size": 2}
    tokens = {
        "image_token_id": ids("<|image_pad|>"),
        "video_token_id": ids("<|video_pad|>"),
        "vision_start_token_id": ids("<|vision_start|>"),
        "vision_end_token_id": ids("<|vision_end|>"),
    }
    if family.startswith("qwen3"):
        text |= {
            "head_dim": 16,
            "rope_parameters": rope | {"mrope_section": [3, 3, 2], "mrope_interleaved": True},
        }
        vision |= {
            "patch_size": 16,
            "hidden_size": 32,
            "intermediate_size": 48,
            "out_hidden_size": 64,
            "num_position_embeddings": 64,
        }
        if family.startswith("qwen3_vl"):
            vision["deepstack_visual_indexes"] = [0]
        if family == "qwen3_vl_moe":
            text |= {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
        if family == "qwen3_5":
            text |= {
                "layer_types": ["linear_attention", "full_attention"],
                "linear_key_head_dim": 16,
                "linear_value_head_dim": 16,
                "linear_num_key_heads": 2,
                "linear_num_value_heads": 4,
            }
        return {"text_config": text, "vision_config": vision, **tokens}
    text["rope_parameters"] = rope | {"rope_type": "default", "mrope_section": [2, 3, 3]}
    vision["patch_size"] = 14
    if family == "qwen2_5_vl":
        vision |= {
            "hidden_size": 32,
            "intermediate_size": 48,
            "out_hidden_size": 64,
            "fullatt_block_indexes": [1],
            "window_size": 56,
            "tokens_per_second": 2,
        }
    else:
        vision |= {"embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2}
    return {"text_config": text, "vision_config": vision, **tokens}


def _processor(family: str, tokenizer: Qwen2TokenizerFast):
    if family.startswith("qwen3"):
        kinds = (Qwen3VLProcessor, Qwen3VLVideoProcessor, {"patch_size": 16})
    elif family == "qwen2_5_vl":
        kinds = (Qwen2_5_VLProcessor, Qwen2VLVideoProcessor, {"patch_size": 14})
    else:
        kinds = (Qwen2VLProcessor, Qwen2VLVideoProcessor, {"patch_size": 14})
    processor, video, options = kinds
    return processor(
        image_processor=Qwen2VLImageProcessor(**options),
        tokenizer=tokenizer,
        video_processor=video(**options),
        chat_template=CHAT_TEMPLATE,
    )
