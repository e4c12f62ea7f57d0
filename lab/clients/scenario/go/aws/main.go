// The scenario in AWS's SDK for Go, version 2, with its defaults.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

var (
	ctx    = context.Background()
	bucket = aws.String(os.Getenv("LAB_BUCKET"))
	second = aws.String(os.Getenv("LAB_BUCKET") + "-second")
	words  = map[string]string{"word": "value", "two-words": "A b  c"}
	media  = "text/x-lab"
	tagged = map[string]string{"team": "lab", "two words": "a+b"}
	client = connect()
)

func connect() *s3.Client {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	return s3.NewFromConfig(settings, func(options *s3.Options) { options.UsePathStyle = true })
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

func read(key string, span *string) ([]byte, error) {
	answer, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key, Range: span})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func reads(key, kind string) error {
	found, err := read(key, nil)
	if err == nil && !bytes.Equal(found, data(kind)) {
		err = fmt.Errorf("read back: %d bytes, expected %d", len(found), len(data(kind)))
	}
	return err
}

func put(key, kind string, more ...func(*s3.PutObjectInput)) error {
	input := &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: bytes.NewReader(data(kind))}
	for _, each := range more {
		each(input)
	}
	_, err := client.PutObject(ctx, input)
	return err
}

func putAndRead(key, kind string) error {
	if err := put(key, kind); err != nil {
		return err
	}
	return reads(key, kind)
}

func putLarge() error {
	file, err := os.Open(path("large"))
	if err != nil {
		return err
	}
	defer file.Close()
	input := &s3.PutObjectInput{Bucket: bucket, Key: aws.String("put/large"), Body: file}
	if _, err := client.PutObject(ctx, input); err != nil {
		return err
	}
	return reads("put/large", "large")
}

func putMultipart() error {
	file, err := os.Open(path("multipart"))
	if err != nil {
		return err
	}
	defer file.Close()
	input := &transfermanager.UploadObjectInput{
		Bucket: bucket, Key: aws.String("put/multipart"), Body: file,
	}
	if _, err := transfermanager.New(client).UploadObject(ctx, input); err != nil {
		return err
	}
	return reads("put/multipart", "multipart")
}

func equal(found, expected []string) error {
	if strings.Join(found, "\n") != strings.Join(expected, "\n") {
		return fmt.Errorf("listed: %q, expected %q", found, expected)
	}
	return nil
}

func listed(prefix string, expected ...string) error {
	input := &s3.ListObjectsV2Input{Bucket: bucket, Prefix: &prefix, MaxKeys: aws.Int32(10)}
	found := []string{}
	for pages := s3.NewListObjectsV2Paginator(client, input); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, each := range page.Contents {
			found = append(found, *each.Key)
		}
	}
	return equal(found, expected)
}

func listFolders() error {
	input := &s3.ListObjectsV2Input{
		Bucket: bucket, Prefix: aws.String("tree/"), Delimiter: aws.String("/"),
	}
	page, err := client.ListObjectsV2(ctx, input)
	if err != nil {
		return err
	}
	found := []string{}
	for _, each := range page.CommonPrefixes {
		found = append(found, *each.Prefix)
	}
	for _, each := range page.Contents {
		found = append(found, *each.Key)
	}
	return equal(found, []string{"tree/a/", "tree/b/", "tree/c"})
}

func refused(err error, code string) error {
	var answer smithy.APIError
	switch {
	case err == nil:
		return errors.New("it was not refused")
	case errors.As(err, &answer) && answer.ErrorCode() == code:
		return nil
	}
	return err
}

func readRange() error {
	found, err := read("seed/large", aws.String("bytes=1000-1999"))
	if err == nil && !bytes.Equal(found, data("large")[1000:2000]) {
		err = fmt.Errorf("range: %d bytes, expected 1000 of others", len(found))
	}
	return err
}

func metadata() error {
	err := put("meta/object", "small", func(input *s3.PutObjectInput) {
		input.ContentType, input.Metadata = &media, words
	})
	if err != nil {
		return err
	}
	head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("meta/object")})
	if err != nil {
		return err
	}
	if aws.ToString(head.ContentType) != media {
		return fmt.Errorf("Content-Type: %q", aws.ToString(head.ContentType))
	}
	for name, value := range words {
		if head.Metadata[name] != value {
			return fmt.Errorf("metadata: %v", head.Metadata)
		}
	}
	return nil
}

func copyObject() error {
	input := &s3.CopyObjectInput{
		Bucket: bucket, Key: aws.String("copy/small"), CopySource: aws.String(*bucket + "/seed/small"),
	}
	if _, err := client.CopyObject(ctx, input); err != nil {
		return err
	}
	return reads("copy/small", "small")
}

func deleteMany() error {
	ids := []types.ObjectIdentifier{}
	for _, key := range numbered("many", 12) {
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(key)})
	}
	input := &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: ids}}
	answer, err := client.DeleteObjects(ctx, input)
	if err == nil && len(answer.Errors) > 0 {
		err = fmt.Errorf("errors: %s", aws.ToString(answer.Errors[0].Code))
	}
	return err
}

func createIfAbsent() error {
	absent := func(input *s3.PutObjectInput) { input.IfNoneMatch = aws.String("*") }
	if err := put("condition/new", "small", absent); err != nil {
		return err
	}
	return refused(put("condition/new", "empty", absent), "PreconditionFailed")
}

func replaceIfMatch() error {
	input := &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("condition/old")}
	head, err := client.HeadObject(ctx, input)
	if err != nil {
		return err
	}
	old := func(input *s3.PutObjectInput) { input.IfMatch = head.ETag }
	if err := put("condition/old", "small", old); err != nil {
		return err
	}
	return refused(put("condition/old", "empty", old), "PreconditionFailed")
}

func tag() error {
	set := []types.Tag{}
	for name, value := range tagged {
		set = append(set, types.Tag{Key: aws.String(name), Value: aws.String(value)})
	}
	key := aws.String("seed/small")
	_, err := client.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: bucket, Key: key, Tagging: &types.Tagging{TagSet: set},
	})
	if err != nil {
		return err
	}
	found, err := client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key})
	if err != nil {
		return err
	}
	for _, each := range found.TagSet {
		if tagged[*each.Key] != *each.Value {
			return fmt.Errorf("tag %s: %s", *each.Key, *each.Value)
		}
	}
	return nil
}

func createBucket() error {
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: second}); err != nil {
		return err
	}
	_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: second})
	return err
}

func presign(name string) (string, error) {
	signer := s3.NewPresignClient(client)
	if name == "presign-get" {
		input := &s3.GetObjectInput{Bucket: bucket, Key: aws.String("seed/small")}
		made, err := signer.PresignGetObject(ctx, input)
		if err != nil {
			return "", err
		}
		return made.URL, nil
	}
	input := &s3.PutObjectInput{Bucket: bucket, Key: aws.String("presigned/put")}
	made, err := signer.PresignPutObject(ctx, input)
	if err != nil {
		return "", err
	}
	return made.URL, nil
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
		return "", putLarge()
	case "put-multipart":
		return "", putMultipart()
	case "get":
		return "", reads("seed/small", "small")
	case "range":
		return "", readRange()
	case "list":
		return "", listed("list/", numbered("list", 25)...)
	case "list-folders":
		return "", listFolders()
	case "metadata":
		return "", metadata()
	case "copy":
		return "", copyObject()
	case "delete":
		input := &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("delete/one")}
		_, err := client.DeleteObject(ctx, input)
		return "", err
	case "delete-many":
		return "", deleteMany()
	case "missing-key":
		_, err := read("missing/none", nil)
		return "", refused(err, "NoSuchKey")
	case "presign-get", "presign-put":
		return presign(name)
	case "create-if-absent":
		return "", createIfAbsent()
	case "replace-if-match":
		return "", replaceIfMatch()
	case "tags":
		return "", tag()
	case "delete-bucket":
		_, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: second})
		return "", err
	}
	if argument == "" {
		return "not offered", nil
	}
	if err := putAndRead(argument, "small"); err != nil {
		return "", err
	}
	return "", listed("key/", argument)
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
