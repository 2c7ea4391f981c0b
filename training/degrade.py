"""What scanners, cameras and thermal printers do to a picture of text.

Every function takes and returns grey pixels as float32 in 0…255, height x width;
`amount` is 0 (nothing) to 1 (as bad as a reader should still manage).
"""

import random

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


def degrade(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Return the picture after a random chain of faults of at most this amount."""
    return wear(picture, rng, amount)[0]


def wear(picture: Grey, rng: random.Random, amount: float) -> tuple[Grey, Matrix]:
    """Return the picture as `degrade` does, and where its points went (an affine map, 2 x 3)."""
    moved: Matrix = np.eye(2, 3)
    if amount <= 0:
        return picture, moved
    for step in (skew, uneven_light, dots, blur, noise, jpeg, shrink):
        if rng.random() < 0.35:
            share = amount * rng.random()
            if step is skew:
                moved = skew_matrix(picture, rng, share)
                picture = _moved(picture, moved)
            else:
                picture = step(picture, rng, share)
    return picture, moved


def skew(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Rotate by up to 1.5 degrees and shear a little about the centre."""
    return _moved(picture, skew_matrix(picture, rng, amount))


def skew_matrix(picture: Grey, rng: random.Random, amount: float) -> Matrix:
    """Return the affine map (2 x 3, in pixels) of `skew`."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1.5, 1.5) * amount, 1.0)
    # A line 400 px wide leaves its own 32 px when it turns by more than a degree.
    matrix[1, 0] *= min(1.0, 160 / width)
    matrix[0, 1] += rng.uniform(-0.12, 0.12) * amount
    return np.asarray(matrix, dtype=np.float64)


def _moved(picture: Grey, matrix: Matrix) -> Grey:
    height, width = picture.shape
    edge = float(np.median(picture))
    return _float(
        cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_CONSTANT,
                       borderValue=(edge,))
    )  # fmt: skip


def uneven_light(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Darken along a slope, as a photographed page is."""
    height, width = picture.shape
    across = np.linspace(rng.uniform(-1, 1), rng.uniform(-1, 1), width, dtype=np.float32)
    down = np.linspace(rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), height, dtype=np.float32)
    shade = 1 - 0.35 * amount * np.clip(across[None, :] + down[:, None] + 0.5, 0, 1)
    return _float(picture * shade)


def dots(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Drop rows and dots, as a worn thermal head prints."""
    height, width = picture.shape
    seeded = np.random.default_rng(rng.getrandbits(32))
    paper = float(np.median(picture))
    mask = seeded.random((height, width)) < 0.12 * amount
    for _ in range(int(2 * amount + 0.5)):
        mask[:, seeded.integers(0, width)] = True
    return _float(np.where(mask, 0.4 * picture + 0.6 * paper, picture))


def blur(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Blur with a Gaussian of up to 1.2 px."""
    return _float(cv2.GaussianBlur(picture, (0, 0), 0.3 + 0.9 * amount))


def noise(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Add Gaussian noise of up to 22 grey levels."""
    seeded = np.random.default_rng(rng.getrandbits(32))
    grain = seeded.standard_normal(picture.shape, dtype=np.float32)
    return _float(np.clip(picture + 22 * amount * grain, 0, 255))


def jpeg(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Compress as JPEG, quality 85 down to 25."""
    quality = int(85 - 60 * amount)
    _, packed = cv2.imencode(
        ".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.float32)


def shrink(picture: Grey, rng: random.Random, amount: float) -> Grey:
    """Scale down to as little as 0.55 and back, as a low-resolution scan."""
    height, width = picture.shape
    factor = 1 - 0.45 * amount
    small = cv2.resize(
        picture, (max(8, round(width * factor)), max(8, round(height * factor))),
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    return _float(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def _float(picture: npt.NDArray[np.generic] | cv2.Mat) -> Grey:
    return np.asarray(picture, dtype=np.float32)
