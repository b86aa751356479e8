// Package token makes the texts of page tokens and watch cursors, and reads what came back. A token is a stamp and a
// content; the stamp, a checksum or a signature, covers what the token is for as well.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// For says what a token is for: its use, the table and the terms of the order.
func For(use, table string, terms ...string) []byte {
	b := []byte("prom 1")
	for _, s := range append([]string{use, table}, terms...) {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// The sizes of what a token begins with: a checksum, or the first half of a signature.
const (
	checksumSize  = 8
	signatureSize = 16
)

// stamp returns the checksum or, with a key, the signature of a token's content.
func stamp(key, of, content []byte) []byte {
	h := sha256.New()
	if key != nil {
		h = hmac.New(sha256.New, key)
	}
	h.Write(binary.AppendUvarint(nil, uint64(len(of))))
	h.Write(of)
	h.Write(content)
	if key == nil {
		return h.Sum(nil)[:checksumSize]
	}
	return h.Sum(nil)[:signatureSize]
}

// Seal makes the token of a content, with the first of the keys if there are any.
func Seal(keys [][]byte, of, content []byte) string {
	var key []byte
	if len(keys) > 0 {
		key = keys[0]
	}
	return base64.RawURLEncoding.EncodeToString(append(stamp(key, of, content), content...))
}

// Open returns the content of a token that was made for that, with one of the keys if there are any.
func Open(keys [][]byte, of []byte, token string) (content []byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || strings.ContainsAny(token, "\r\n") { // which the decoder passes over
		return nil, false
	}
	size := signatureSize
	if len(keys) == 0 {
		keys, size = [][]byte{nil}, checksumSize
	}
	if len(b) < size {
		return nil, false
	}
	for _, key := range keys {
		if hmac.Equal(stamp(key, of, b[size:]), b[:size]) {
			return b[size:], true
		}
	}
	return nil, false
}
