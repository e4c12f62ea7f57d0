// The scenario in AWS's SDK for Java, version 2, with its defaults.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

public class Play {
  static final String BUCKET = System.getenv("LAB_BUCKET");
  static final String SECOND = BUCKET + "-second";
  static final String MEDIA = "text/x-lab";
  static final Map<String, String> WORDS = Map.of("word", "value", "two-words", "A b  c");
  static final Map<String, String> TAGS = Map.of("team", "lab", "two words", "a+b");
  static final S3Client S3 = S3Client.builder().forcePathStyle(true).build();

  static Path path(String kind) {
    return Path.of(System.getenv("LAB_FILES"), kind + ".bin");
  }

  static byte[] data(String kind) throws Exception {
    return Files.readAllBytes(path(kind));
  }

  static List<String> numbered(String prefix, int count) {
    List<String> keys = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      keys.add(String.format("%s/%02d", prefix, n));
    }
    return keys;
  }

  static byte[] read(String key, Consumer<GetObjectRequest.Builder> more) throws Exception {
    try (ResponseInputStream<?> stream =
        S3.getObject(
            request -> {
              request.bucket(BUCKET).key(key);
              more.accept(request);
            })) {
      return stream.readAllBytes();
    }
  }

  static void reads(String key, byte[] expected) throws Exception {
    byte[] found = read(key, request -> {});
    if (!Arrays.equals(found, expected)) {
      throw new IllegalStateException(
          "read back: " + found.length + " bytes, expected " + expected.length);
    }
  }

  static void same(Object found, Object expected) {
    if (!expected.equals(found)) {
      throw new IllegalStateException(found + ", expected " + expected);
    }
  }

  static void put(String key, String kind, Consumer<PutObjectRequest.Builder> more)
      throws Exception {
    RequestBody body = RequestBody.fromBytes(data(kind));
    S3.putObject(
        request -> {
          request.bucket(BUCKET).key(key);
          more.accept(request);
        },
        body);
  }

  static void putAndRead(String key, String kind) throws Exception {
    put(key, kind, request -> {});
    reads(key, data(kind));
  }

  static void putMultipart() throws Exception {
    try (S3AsyncClient client =
            S3AsyncClient.builder().forcePathStyle(true).multipartEnabled(true).build();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build()) {
      manager
          .uploadFile(
              upload ->
                  upload
                      .source(path("multipart"))
                      .putObjectRequest(request -> request.bucket(BUCKET).key("put/multipart")))
          .completionFuture()
          .join();
    }
    reads("put/multipart", data("multipart"));
  }

  static void listed(String prefix, List<String> expected) {
    List<String> found =
        S3
            .listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix).maxKeys(10))
            .contents()
            .stream()
            .map(each -> each.key())
            .collect(Collectors.toList());
    same(found, expected);
  }

  static void listFolders() {
    var page = S3.listObjectsV2(request -> request.bucket(BUCKET).prefix("tree/").delimiter("/"));
    same(
        page.commonPrefixes().stream().map(each -> each.prefix()).collect(Collectors.toList()),
        List.of("tree/a/", "tree/b/"));
    same(
        page.contents().stream().map(each -> each.key()).collect(Collectors.toList()),
        List.of("tree/c"));
  }

  static void metadata() throws Exception {
    put("meta/object", "small", request -> request.contentType(MEDIA).metadata(WORDS));
    var head = S3.headObject(request -> request.bucket(BUCKET).key("meta/object"));
    same(head.contentType(), MEDIA);
    same(head.metadata(), WORDS);
  }

  static void refused(String key, Consumer<PutObjectRequest.Builder> condition) throws Exception {
    try {
      put(key, "empty", condition);
    } catch (S3Exception error) {
      if (error.statusCode() == 412) {
        return;
      }
      throw error;
    }
    throw new IllegalStateException("it was not refused");
  }

  static void createIfAbsent() throws Exception {
    Consumer<PutObjectRequest.Builder> absent = request -> request.ifNoneMatch("*");
    put("condition/new", "small", absent);
    refused("condition/new", absent);
  }

  static void replaceIfMatch() throws Exception {
    String tag = S3.headObject(request -> request.bucket(BUCKET).key("condition/old")).eTag();
    Consumer<PutObjectRequest.Builder> old = request -> request.ifMatch(tag);
    put("condition/old", "small", old);
    refused("condition/old", old);
  }

  static void tags() {
    List<Tag> set =
        TAGS.entrySet().stream()
            .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
            .collect(Collectors.toList());
    S3.putObjectTagging(
        request -> request.bucket(BUCKET).key("seed/small").tagging(tagging -> tagging.tagSet(set)));
    var found = S3.getObjectTagging(request -> request.bucket(BUCKET).key("seed/small"));
    same(
        found.tagSet().stream().collect(Collectors.toMap(Tag::key, Tag::value)), TAGS);
  }

  static void deleteMany() {
    List<ObjectIdentifier> ids =
        numbered("many", 12).stream()
            .map(key -> ObjectIdentifier.builder().key(key).build())
            .collect(Collectors.toList());
    Delete all = Delete.builder().objects(ids).build();
    same(S3.deleteObjects(request -> request.bucket(BUCKET).delete(all)).errors(), List.of());
  }

  static void missingKey() throws Exception {
    try {
      read("missing/none", request -> {});
    } catch (NoSuchKeyException error) {
      return;
    }
    throw new IllegalStateException("no error");
  }

  static String presign(String name) {
    S3Configuration style = S3Configuration.builder().pathStyleAccessEnabled(true).build();
    try (S3Presigner signer = S3Presigner.builder().serviceConfiguration(style).build()) {
      if (name.equals("presign-get")) {
        return signer
            .presignGetObject(
                presign ->
                    presign
                        .signatureDuration(Duration.ofHours(1))
                        .getObjectRequest(request -> request.bucket(BUCKET).key("seed/small")))
            .url()
            .toString();
      }
      return signer
          .presignPutObject(
              presign ->
                  presign
                      .signatureDuration(Duration.ofHours(1))
                      .putObjectRequest(request -> request.bucket(BUCKET).key("presigned/put")))
          .url()
          .toString();
    }
  }

  static String play(String name, String argument) throws Exception {
    switch (name) {
      case "create-bucket" -> {
        S3.createBucket(request -> request.bucket(SECOND));
        S3.headBucket(request -> request.bucket(SECOND));
      }
      case "put-small" -> putAndRead("put/small", "small");
      case "put-empty" -> putAndRead("put/empty", "empty");
      case "put-large" -> {
        S3.putObject(
            request -> request.bucket(BUCKET).key("put/large"), RequestBody.fromFile(path("large")));
        reads("put/large", data("large"));
      }
      case "put-multipart" -> putMultipart();
      case "get" -> reads("seed/small", data("small"));
      case "range" -> {
        byte[] found = read("seed/large", request -> request.range("bytes=1000-1999"));
        if (!Arrays.equals(found, Arrays.copyOfRange(data("large"), 1000, 2000))) {
          throw new IllegalStateException("range: " + found.length + " bytes");
        }
      }
      case "list" -> listed("list/", numbered("list", 25));
      case "list-folders" -> listFolders();
      case "metadata" -> metadata();
      case "copy" -> {
        S3.copyObject(
            request ->
                request
                    .sourceBucket(BUCKET)
                    .sourceKey("seed/small")
                    .destinationBucket(BUCKET)
                    .destinationKey("copy/small"));
        reads("copy/small", data("small"));
      }
      case "delete" -> S3.deleteObject(request -> request.bucket(BUCKET).key("delete/one"));
      case "delete-many" -> deleteMany();
      case "missing-key" -> missingKey();
      case "presign-get", "presign-put" -> {
        return presign(name);
      }
      case "create-if-absent" -> createIfAbsent();
      case "replace-if-match" -> replaceIfMatch();
      case "tags" -> tags();
      case "delete-bucket" -> S3.deleteBucket(request -> request.bucket(SECOND));
      default -> {
        if (argument.isEmpty()) {
          return null;
        }
        putAndRead(argument, "small");
        listed("key/", List.of(argument));
      }
    }
    return "";
  }

  static String quoted(String words) {
    StringBuilder made = new StringBuilder("\"");
    for (char each : words.toCharArray()) {
      if (each == '"' || each == '\\') {
        made.append('\\').append(each);
      } else {
        made.append(each < ' ' ? ' ' : each);
      }
    }
    return made.append('"').toString();
  }

  static String answer(String name, String argument) {
    try {
      String url = play(name, argument);
      if (url == null) {
        return "{\"outcome\": \"not offered\"}";
      }
      return "{\"outcome\": \"works\", \"url\": " + quoted(url) + "}";
    } catch (Exception error) {
      String detail = error.getClass().getSimpleName() + ": " + error.getMessage();
      return "{\"outcome\": \"fails\", \"detail\": " + quoted(detail) + "}";
    }
  }

  public static void main(String[] words) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split("\t", -1);
      out.println(answer(parts[0], parts[1]));
    }
    System.exit(0);
  }
}
