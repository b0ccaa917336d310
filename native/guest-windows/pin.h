#pragma once

#include <stdbool.h>

#include <windows.h>
#include <wincrypt.h>

#include "pairing.h"

/*
 * The SHA-256 of a certificate's public key (its SubjectPublicKeyInfo in DER), in base64url. It
 * stays when the certificate is renewed. False where it cannot be computed.
 */
bool pin_of(const CERT_CONTEXT *certificate, char pin[PIN_SIZE + 1]);
