"""Pictures: measured before they are decoded, then made anew without anything but their pixels."""

import warnings
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from keshi_web.common.errors import Invalid
from keshi_web.files import kinds
from keshi_web.files.kinds import Kind

MOST_PIXELS = 50_000_000
"""A telephone's photograph has up to 50 million; decoded, that takes 150 MB."""
LONGEST_SIDE = 5_000
"""A4 at 400 dpi is 4 700 pixels high; a longer side is scaled down to this."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# Pillow warns above the limit and refuses only above twice the limit; here the limit is the limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)

_FORMATS = {kinds.JPEG: "JPEG", kinds.PNG: "PNG", kinds.WEBP: "WEBP"}


def made_anew(path: Path, name: str, kind: Kind) -> bytes:
    """The picture encoded again: upright, at most LONGEST_SIDE, without EXIF, comments or attached data.

    Raises:
        Invalid: more than MOST_PIXELS (found in the header, nothing is decoded), or damaged.
    """
    try:
        with Image.open(path, formats=(_FORMATS[kind],)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels(name)
            # Lets the JPEG decoder scale while decoding; other formats ignore it.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(name) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise Invalid(
            _("图片“%(name)s”已损坏或不完整，无法打开。请重新拍摄或扫描后上传。") % {"name": name}
        ) from None
    transparent = kind is not kinds.JPEG and upright.has_transparency_data
    pixels = upright.convert("RGBA" if transparent else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh image takes the pixels and leaves every chunk and profile behind.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    out = BytesIO()
    clean.save(out, _FORMATS[kind], quality=88)
    return out.getvalue()


def _too_many_pixels(name: str) -> Invalid:
    return Invalid(
        _("图片“%(name)s”超过 %(most)d 万像素。请缩小后重新上传，文字清晰可辨即可。")
        % {"name": name, "most": MOST_PIXELS // 10_000}
    )
