"""Pixels in the colours of an embedded profile -> pixels in sRGB, which everyone shows alike."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageCms

# Those of printers, the largest, have 2 MB or so.
MOST_PROFILE_BYTES = 4_000_000
MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The image, RGB in sRGB if it was in another profile's colours; image: RGB, L or CMYK.

    A profile that is broken or made for other pixels says nothing: as if there were none.
    """
    if not profile or len(profile) > MOST_PROFILE_BYTES:
        return image
    try:
        return _converted(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    # LittleCMS and what stands around it raise all sorts of things for a broken profile.
    except Exception:
        return image


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    if MODES.get(profile.profile.xcolor_space.strip()) != image.mode:
        return image
    if "sRGB" in (profile.profile.profile_description or ""):
        return image
    converted = ImageCms.profileToProfile(
        image, profile, _srgb(), renderingIntent=INTENT, outputMode="RGB", flags=FLAGS
    )
    return converted or image


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
