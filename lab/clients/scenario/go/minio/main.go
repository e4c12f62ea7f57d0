// The scenario in minio-go, with its defaults.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/tags"
)

var (
	ctx    = context.Background()
	bucket = os.Getenv("LAB_BUCKET")
	second = bucket + "-second"
	words  = map[string]string{"word": "value", "two-words": "A b  c"}
	media  = "text/x-lab"
	tagged = map[string]string{"team": "lab", "two words": "a+b"}
	s3     = client()
)

func client() *minio.Client {
	scheme, authority, _ := strings.Cut(os.Getenv("LAB_URL"), "://")
	made, err := minio.New(authority, &minio.Options{
		Creds:  credentials.NewStaticV4(os.Getenv("LAB_ACCESS_KEY"), os.Getenv("LAB_SECRET_KEY"), ""),
		Secure: scheme == "https",
		Region: os.Getenv("LAB_REGION"),
	})
	if err != nil {
		panic(err)
	}
	return made
}

func path(kind string) string { return os.Getenv("LAB_FILES") + "/" + kind + ".bin" }

func data(kind string) []byte {
	content, err := os.ReadFile(path(kind))
	if err != nil {
		panic(err)
	}
	return content
}

func numbered(prefix string, count int) (keys []string) {
	for n := range count {
		keys = append(keys, fmt.Sprintf("%s/%02d", prefix, n))
	}
	return keys
}

func read(key string, options minio.GetObjectOptions) ([]byte, error) {
	object, err := s3.GetObject(ctx, bucket, key, options)
	if err != nil {
		return nil, err
	}
	defer object.Close()
	return io.ReadAll(object)
}

func reads(key, kind string) error {
	found, err := read(key, minio.GetObjectOptions{})
	if err == nil && !bytes.Equal(found, data(kind)) {
		err = fmt.Errorf("read back: %d bytes, expected %d", len(found), len(data(kind)))
	}
	return err
}

func put(key, kind string, options minio.PutObjectOptions) error {
	body := data(kind)
	_, err := s3.PutObject(ctx, bucket, key, bytes.NewReader(body), int64(len(body)), options)
	return err
}

func putAndRead(key, kind string) error {
	if err := put(key, kind, minio.PutObjectOptions{}); err != nil {
		return err
	}
	return reads(key, kind)
}

func upload(key, kind string) error {
	if _, err := s3.FPutObject(ctx, bucket, key, path(kind), minio.PutObjectOptions{}); err != nil {
		return err
	}
	return reads(key, kind)
}

func listed(options minio.ListObjectsOptions, expected ...string) error {
	found := []string{}
	for each := range s3.ListObjects(ctx, bucket, options) {
		if each.Err != nil {
			return each.Err
		}
		found = append(found, each.Key)
	}
	sort.Strings(found)
	if strings.Join(found, "\n") != strings.Join(expected, "\n") {
		return fmt.Errorf("listed: %q, expected %q", found, expected)
	}
	return nil
}

func refused(err error, code string) error {
	if err == nil {
		return fmt.Errorf("it was not refused")
	}
	if minio.ToErrorResponse(err).Code != code {
		return err
	}
	return nil
}

func readRange() error {
	options := minio.GetObjectOptions{}
	if err := options.SetRange(1000, 1999); err != nil {
		return err
	}
	found, err := read("seed/large", options)
	if err == nil && !bytes.Equal(found, data("large")[1000:2000]) {
		err = fmt.Errorf("range: %d bytes, expected 1000 of others", len(found))
	}
	return err
}

func metadata() error {
	options := minio.PutObjectOptions{ContentType: media, UserMetadata: words}
	if err := put("meta/object", "small", options); err != nil {
		return err
	}
	head, err := s3.StatObject(ctx, bucket, "meta/object", minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	if head.ContentType != media {
		return fmt.Errorf("Content-Type: %q", head.ContentType)
	}
	for name, value := range words {
		if found := head.Metadata.Get("X-Amz-Meta-" + name); found != value {
			return fmt.Errorf("metadata %s: %q, expected %q", name, found, value)
		}
	}
	return nil
}

func copyObject() error {
	from := minio.CopySrcOptions{Bucket: bucket, Object: "seed/small"}
	if _, err := s3.CopyObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: "copy/small"}, from); err != nil {
		return err
	}
	return reads("copy/small", "small")
}

func deleteMany() error {
	keys := make(chan minio.ObjectInfo)
	go func() {
		defer close(keys)
		for _, key := range numbered("many", 12) {
			keys <- minio.ObjectInfo{Key: key}
		}
	}()
	for each := range s3.RemoveObjects(ctx, bucket, keys, minio.RemoveObjectsOptions{}) {
		return each.Err
	}
	return nil
}

func createIfAbsent() error {
	options := minio.PutObjectOptions{}
	options.SetMatchETagExcept("*")
	if err := put("condition/new", "small", options); err != nil {
		return err
	}
	return refused(put("condition/new", "empty", options), minio.PreconditionFailed)
}

func replaceIfMatch() error {
	head, err := s3.StatObject(ctx, bucket, "condition/old", minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	options := minio.PutObjectOptions{}
	options.SetMatchETag(head.ETag)
	if err := put("condition/old", "small", options); err != nil {
		return err
	}
	return refused(put("condition/old", "empty", options), minio.PreconditionFailed)
}

func tag() error {
	wanted, err := tags.NewTags(tagged, true)
	if err != nil {
		return err
	}
	if err := s3.PutObjectTagging(ctx, bucket, "seed/small", wanted, minio.PutObjectTaggingOptions{}); err != nil {
		return err
	}
	found, err := s3.GetObjectTagging(ctx, bucket, "seed/small", minio.GetObjectTaggingOptions{})
	if err != nil {
		return err
	}
	for name, value := range tagged {
		if found.ToMap()[name] != value {
			return fmt.Errorf("tags: %v", found.ToMap())
		}
	}
	return nil
}

func createBucket() error {
	options := minio.MakeBucketOptions{Region: os.Getenv("LAB_REGION")}
	if err := s3.MakeBucket(ctx, second, options); err != nil {
		return err
	}
	exists, err := s3.BucketExists(ctx, second)
	if err == nil && !exists {
		err = fmt.Errorf("it does not exist")
	}
	return err
}

func play(name, argument string) (string, error) {
	switch name {
	case "create-bucket":
		return "", createBucket()
	case "put-small":
		return "", putAndRead("put/small", "small")
	case "put-empty":
		return "", putAndRead("put/empty", "empty")
	case "put-large":
		return "", upload("put/large", "large")
	case "put-multipart":
		return "", upload("put/multipart", "multipart")
	case "get":
		return "", reads("seed/small", "small")
	case "range":
		return "", readRange()
	case "list":
		options := minio.ListObjectsOptions{Prefix: "list/", Recursive: true, MaxKeys: 10}
		return "", listed(options, numbered("list", 25)...)
	case "list-folders":
		return "", listed(minio.ListObjectsOptions{Prefix: "tree/"}, "tree/a/", "tree/b/", "tree/c")
	case "metadata":
		return "", metadata()
	case "copy":
		return "", copyObject()
	case "delete":
		return "", s3.RemoveObject(ctx, bucket, "delete/one", minio.RemoveObjectOptions{})
	case "delete-many":
		return "", deleteMany()
	case "missing-key":
		_, err := read("missing/none", minio.GetObjectOptions{})
		return "", refused(err, minio.NoSuchKey)
	case "presign-get":
		url, err := s3.PresignedGetObject(ctx, bucket, "seed/small", time.Hour, nil)
		return fmt.Sprint(url), err
	case "presign-put":
		url, err := s3.PresignedPutObject(ctx, bucket, "presigned/put", time.Hour)
		return fmt.Sprint(url), err
	case "create-if-absent":
		return "", createIfAbsent()
	case "replace-if-match":
		return "", replaceIfMatch()
	case "tags":
		return "", tag()
	case "delete-bucket":
		return "", s3.RemoveBucket(ctx, second)
	}
	if argument == "" {
		return "not offered", nil
	}
	if err := putAndRead(argument, "small"); err != nil {
		return "", err
	}
	return "", listed(minio.ListObjectsOptions{Prefix: "key/", Recursive: true}, argument)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		name, argument, _ := strings.Cut(lines.Text(), "\t")
		answer := map[string]string{"outcome": "works"}
		url, err := play(name, argument)
		switch {
		case err != nil:
			answer = map[string]string{"outcome": "fails", "detail": err.Error()}
		case url == "not offered":
			answer = map[string]string{"outcome": url}
		case url != "":
			answer["url"] = url
		}
		line, _ := json.Marshal(answer)
		fmt.Println(string(line))
	}
}
