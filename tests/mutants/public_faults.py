"""Faults that were reported of real stores, each with the damage that rebuilds it.

The list is a sample: it shows that the damages are faults that stores have had, not all of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Public(NamedTuple):
    """A reported fault.

    Attributes:
        fault: in a few words.
        row: a row that it is about.
        check: the check of the row that shows it; empty where the word alone does.
        damage: the name of the damage.
    """

    fault: str
    row: str
    check: str
    damage: str


V1: Final = "ListObjects"
V2: Final = "ListObjectsV2"
UPLOADS: Final = "ListMultipartUploads"
CORS: Final = "PutBucketCors"
LIFECYCLE: Final = "PutBucketLifecycleConfiguration"
OWNER: Final = "x-amz-expected-bucket-owner"
TAGS: Final = "PutObject/x-amz-tagging"
PUBLIC: Final = (
    # Listings of objects.
    Public("common prefixes without a delimiter", V1, "no-common-prefixes",
           "prefixes without delimiter"),
    Public("KeyCount 0 beside a delimiter", f"{V2}/delimiter", "key-count", "0 with a delimiter"),
    Public("only a slash delimits", f"{V2}/delimiter", "other-delimiter", "only a slash"),
    Public("a slash sorts before any letter", V2, "order", "a slash sorts first"),
    Public("case does not count in the order", V1, "order", "case does not count"),
    Public("a marker masks the prefix", f"{V1}/marker", "within-prefix", "prefix forgotten"),
    Public("MaxKeys is 1000 whatever was asked", f"{V2}/max-keys", "echo", "1000"),
    Public("no max-keys beside a delimiter", f"{V2}/max-keys", "with-delimiter",
           "not beside a delimiter"),
    Public("a page gives its own token again", f"{V2}/continuation-token", "pages",
           "the same token again"),
    Public("of a delimiter the first character counts", f"{V1}/delimiter", "several-characters",
           "the first of them"),
    Public("a prefix is a folder's name", f"{V2}/prefix", "part-of-a-name", "a folder's name only"),
    Public("Prefix is not URL-encoded", f"{V2}/encoding-type", "prefix", "Prefix not encoded"),
    Public("common prefixes are not URL-encoded", f"{V1}/encoding-type", "common-prefixes",
           "CommonPrefixes not encoded"),
    Public("the delimiter is not URL-encoded", f"{V2}/encoding-type", "delimiter",
           "Delimiter not encoded"),
    Public("NextMarker is not URL-encoded", f"{V1}/encoding-type", "next-marker",
           "NextMarker not encoded"),
    Public("max-keys=0 lists everything", f"{V1}/max-keys", "zero", "0 is none"),
    Public("max-keys=2000 is refused", f"{V2}/max-keys", "beyond-thousand", "400"),
    Public("a truncated page has no NextMarker", f"{V1}/delimiter", "next-marker", "no NextMarker"),
    Public("start-after must be a key", f"{V2}/start-after", "after-no-key", "no key, no marker"),
    Public("no start-after beside a delimiter", f"{V2}/start-after", "with-delimiter",
           "not beside a delimiter"),
    Public("a common prefix as marker is listed again", f"{V1}/marker", "after-a-common-prefix",
           "the common prefix again"),
    Public("size 0 of an object of parts", V2, "object-of-parts", "size 0 of parts"),
    Public("a common prefix stays without its objects", f"{V2}/delimiter", "deleted",
           "a folder without an object"),
    Public("a page ends with the folder in which it begins", f"{V2}/prefix", "pages",
           "a page ends with its folder"),
    Public("truncated for ever with another delimiter", f"{V2}/delimiter", "is-truncated",
           "truncated with another delimiter"),
    Public("of StartAfter no word", f"{V2}/start-after", "echo", "no StartAfter"),
    Public("markers stand before all versions", "Versioning/list-over-keys", "interleaved",
           "markers after all versions"),
    Public("a version is a marker without its key", "Versioning/list-over-keys", "marker-alone",
           "a version alone is no marker"),
    # Listings of uploads and parts.
    Public("uploads are not sorted", UPLOADS, "order", "not in order"),
    Public("MaxUploads is 10000", f"{UPLOADS}/max-uploads", "echo", "10000"),
    Public("an upload with checksums breaks ListParts", "ListParts", "with-checksums",
           "500 of checksums"),
    Public("parts in the order 1, 10, 2", "ListParts", "order", "in the order of digits"),
    Public("an upload that is over has no parts", "ListParts", "after-completion",
           "no parts and no 404"),
    Public("of a part sent twice the first is listed", "ListParts", "replaced-part",
           "the first ETag"),
    Public("NextUploadIdMarker is no upload's", f"{UPLOADS}/max-uploads", "next-upload-id-marker",
           "no upload's id"),
    Public("key-marker must be an upload's key", f"{UPLOADS}/key-marker", "after-no-key",
           "no key, no marker"),
    Public("uploads are listed of every bucket", UPLOADS, "other-bucket", "uploads of any bucket"),
    Public("every upload was begun in 2010", UPLOADS, "dates", "begun in another decade"),
    # Buckets and their configurations.
    Public("CORS rules lose their headers", CORS, "every-member", "without AllowedHeader"),
    Public("CORS rules lose what they expose", CORS, "every-member", "without ExposeHeader"),
    Public("of several CORS rules the first stays", CORS, "every-member", "one CORSRule short"),
    Public("of a rule's methods the first stays", "GetBucketCors", "every-member",
           "one AllowedMethod short"),
    Public("no CORS rules are an empty document", "DeleteBucketCors", "unconfigured",
           "an empty one after"),
    Public("a rule that aborts uploads is lost", LIFECYCLE, "every-member",
           "without AbortIncompleteMultipartUpload"),
    Public("no lifecycle rules are an empty document", "DeleteBucketLifecycle", "unconfigured",
           "an empty one after"),
    Public("rules are stored and not carried out", LIFECYCLE, "expiration", "never shown"),
    Public("And loses its tags", LIFECYCLE, "filter-tags", "no filter-tags"),
    Public("And loses its prefix", LIFECYCLE, "filter-prefix", "no filter-prefix"),
    Public("two rules have one ID", LIFECYCLE, "rule-twice", "rule-twice is taken"),
    Public("a policy is stored and not carried out", "PutBucketPolicy", "allow-admits",
           "admits nobody"),
    Public("a policy that denies admits", "PutBucketPolicy", "deny-denies", "a Deny is an Allow"),
    Public("Conditions are not read", "PutBucketPolicy", "condition", "no Condition is read"),
    Public("one's own bucket again is somebody else's", "CreateBucket", "own-again",
           "BucketAlreadyExists"),
    Public("404 without a body", "GetBucketLocation", "error-code", "404 without a body"),
    Public("404 without a body for DELETE", "DeleteBucket", "missing-bucket", "404 without a body"),
    Public("no version is ever kept", "PutBucketVersioning", "two-versions",
           "no version is kept"),
    Public("default encryption is never applied", "PutBucketEncryption", "aes256-applied",
           "AES256 is never applied"),
    Public("deleted default encryption is applied", "DeleteBucketEncryption", "no-longer-applied",
           "applied still"),
    Public("a block of public access blocks nothing", "PutPublicAccessBlock", "blocks-public-acls",
           "blocks-public-acls not"),
    Public("default retention locks nothing", "PutObjectLockConfiguration", "default-mode",
           "only stored"),
    Public("BucketOwnerEnforced leaves ACLs", "PutBucketOwnershipControls",
           "enforced-refuses-acls", "only stored"),
    Public("deleted buckets are listed", "ListBuckets", "deleted", "deleted ones too"),
    Public("no CreationDate", "ListBuckets", "creation-date", "no CreationDate"),
    Public("a bucket's tags outlive it", "DeleteBucket", "forgotten", "remembered"),
    Public("buckets are configured that are not there", LIFECYCLE, "missing-bucket",
           "of any bucket"),
    # ACLs and grants.
    Public("whoever asks is served", "PutObject/x-amz-acl", "private-refused",
           "whoever asks is served"),
    Public("authenticated-read is private", "PutObject/x-amz-acl", "authenticated-read",
           "authenticated-read is private"),
    Public("a grant is shown and not applied", "PutObject/x-amz-grant-read", "admitted",
           "shown, and not applied"),
    Public("objects of a public bucket are public", "PutBucketAcl", "objects-stay-private",
           "objects are open"),
    # Tags.
    Public("of several tags of a bucket one stays", "PutBucketTagging", "every-member",
           "one Tag short"),
    Public("of several tags in the header one stays", TAGS, "several", "the first only"),
    Public("%20 in the header stays so", TAGS, "decoded", "%20 is kept"),
    Public("of several tags of an object one stays", "PutObjectTagging", "several",
           "the first only"),
    Public("no count of tags in a HEAD", TAGS, "count-in-head", "none in a HEAD"),
    Public("versionId does not count for tags", "PutObjectTagging", "by-version", "of the latest"),
    # Owners and payers.
    Public("an id without 12 digits is ignored", f"GetObject/{OWNER}", "malformed-id",
           "a malformed id is none"),
    Public("refused, and the objects are deleted", f"DeleteObjects/{OWNER}", "nothing-done",
           "refused, and done"),
    Public("refused, and the rules are put", f"PutBucketCors/{OWNER}", "nothing-done",
           "refused, and done"),
    Public("copies from a bucket whose requester pays are free",
           "CopyObject/x-amz-request-payer", "paid-source", "the source is free"),
)  # fmt: skip
