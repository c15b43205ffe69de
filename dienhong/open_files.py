"""Each open page is a file to the operating system, and its usual limit is less than a hall."""

import resource

WANTED = 16_384


def raise_limit(wanted: int = WANTED) -> int:
    """As far as this user may; how many files may be open then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
