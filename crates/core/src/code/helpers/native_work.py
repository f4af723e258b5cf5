import hashlib
import time


def rounds_per_second() -> float:
    """Measure how fast this machine hashes."""
    start = time.thread_time()
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 10_000)
    return 10_000 / (time.thread_time() - start)


ROUNDS_PER_SECOND = rounds_per_second()


def native_work(seconds: float) -> None:
    """Burn this much CPU time in C code: replace it with your own.

    Like much of zlib and NumPy, pbkdf2_hmac lets go of the GIL.
    """
    rounds = max(1, round(seconds * ROUNDS_PER_SECOND))
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", rounds)
