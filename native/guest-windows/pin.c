#include "pin.h"

#include <bcrypt.h>

enum { HASH_SIZE = 32 };

static bool hash(const BYTE *bytes, DWORD size, UCHAR result[HASH_SIZE]);
static void put_base64url(const UCHAR bytes[HASH_SIZE], char text[PIN_SIZE + 1]);

bool pin_of(const CERT_CONTEXT *certificate, char pin[PIN_SIZE + 1]) {
  BYTE *der;
  DWORD size;
  if (!CryptEncodeObjectEx(X509_ASN_ENCODING, X509_PUBLIC_KEY_INFO,
                           &certificate->pCertInfo->SubjectPublicKeyInfo, CRYPT_ENCODE_ALLOC_FLAG,
                           NULL, &der, &size)) {
    return false;
  }
  UCHAR result[HASH_SIZE];
  bool is_hashed = hash(der, size, result);
  LocalFree(der);
  if (is_hashed) put_base64url(result, pin);
  return is_hashed;
}

static bool hash(const BYTE *bytes, DWORD size, UCHAR result[HASH_SIZE]) {
  BCRYPT_ALG_HANDLE algorithm;
  BCRYPT_HASH_HANDLE hashing;
  if (BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) < 0) return false;
  bool is_hashed = false;
  if (BCryptCreateHash(algorithm, &hashing, NULL, 0, NULL, 0, 0) >= 0) {
    is_hashed = BCryptHashData(hashing, (PUCHAR)bytes, size, 0) >= 0 &&
                BCryptFinishHash(hashing, result, HASH_SIZE, 0) >= 0;
    BCryptDestroyHash(hashing);
  }
  BCryptCloseAlgorithmProvider(algorithm, 0);
  return is_hashed;
}

static void put_base64url(const UCHAR bytes[HASH_SIZE], char text[PIN_SIZE + 1]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (unsigned i = 0; i < PIN_SIZE; i++) {
    unsigned bit = 6 * i;
    unsigned low = bit / 8 + 1 < HASH_SIZE ? bytes[bit / 8 + 1] : 0;
    text[i] = digits[((unsigned)bytes[bit / 8] << 8 | low) >> (10 - bit % 8) & 63];
  }
  text[PIN_SIZE] = '\0';
}
