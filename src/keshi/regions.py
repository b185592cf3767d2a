"""Administrative codes (GB/T 2260): six digits, two each for province, prefecture and county."""


def lies_within(region: str, wider: str) -> bool:
    """Whether a region is the wider one or inside it: 440203 lies within 440200, 440000 and 440203.

    Codes are compared by the part of the wider one that is not filled with zeros, so codes that were
    withdrawn since still lie within their prefecture.
    """
    if wider.endswith("0000"):
        return region[:2] == wider[:2]
    if wider.endswith("00"):
        return region[:4] == wider[:4]
    return region == wider
