"""The store that a kind and a few plain values describe. boto3 is imported only where S3 is used."""

from pathlib import Path

from storage.store import Store


def store_of(
    kind: str,
    *,
    root: Path,
    bucket: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    public_endpoint_url: str | None = None,
) -> Store:
    """`local` needs `root`, `s3` a `bucket`; ValueError for what is neither."""
    match kind:
        case "local":
            from storage.local import LocalStore

            return LocalStore(root)
        case "s3" if bucket:
            from storage.s3 import S3Store

            return S3Store(bucket, region=region, endpoint_url=endpoint_url, public_endpoint_url=public_endpoint_url)
    raise ValueError(f"no store of kind {kind!r} can be made from these values")
