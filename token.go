package prom

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// TokenError says why a token or a cursor cannot be used. It is the cause of an error of kind [ErrValidation], and safe to show.
type TokenError struct {
	Reason string
}

// Error returns the reason.
func (e *TokenError) Error() string { return e.Reason }

var errToken = &TokenError{"the token is damaged, or was made for another query"}

// leastTokenKey is the least length of a key, in bytes.
const leastTokenKey = 16

// TokenKey makes a repo sign the tokens of its pages and the cursors of its watches with HMAC-SHA256 and that key, of 16 random bytes at
// least, and refuse others. Tokens that were signed with one of the older keys are taken as well, so that a key can be replaced. The
// processes that take each other's tokens need the same key.
//
// Without a key tokens hold a checksum, which tells damage and use with another query. It does not keep anybody from making a token:
// who does chooses where a page begins, as with any other parameter, and no more.
func TokenKey(key []byte, older ...[]byte) RepoOption {
	keys := [][]byte{bytes.Clone(key)}
	for _, k := range older {
		keys = append(keys, bytes.Clone(k))
	}
	return func(o *repoOptions) { o.tokenKeys = keys }
}

// tokenOf says what a token is for: its use, the table and the terms of the order.
func tokenOf(use string, t *schema.Table, terms ...string) []byte {
	b := []byte("prom 1")
	for _, s := range append([]string{use, t.Name}, terms...) {
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

// seal makes the token of a content.
func (r *Repo[T]) seal(of, content []byte) string {
	var key []byte
	if len(r.tokenKeys) > 0 {
		key = r.tokenKeys[0]
	}
	return base64.RawURLEncoding.EncodeToString(append(stamp(key, of, content), content...))
}

// open returns the content of a token that was made for that.
func (r *Repo[T]) open(of []byte, token string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || strings.ContainsAny(token, "\r\n") { // which the decoder passes over
		return nil, errToken
	}
	keys, size := r.tokenKeys, signatureSize
	if len(keys) == 0 {
		keys, size = [][]byte{nil}, checksumSize
	}
	if len(b) < size {
		return nil, errToken
	}
	for _, key := range keys {
		if hmac.Equal(stamp(key, of, b[size:]), b[:size]) {
			return b[size:], nil
		}
	}
	return nil, errToken
}

// tuple returns the values of some columns of a row.
func (r *Repo[T]) tuple(v *T, cols []*schema.Column) ([]schema.Value, error) {
	vals := make([]schema.Value, len(cols))
	for i, c := range cols {
		var err error
		if vals[i], err = scan.Value(r.plan, v, c); err != nil {
			return nil, errorOf("query", r.table, err)
		}
	}
	return vals, nil
}

// appendTuple appends the values of some columns.
func appendTuple(b []byte, vals []schema.Value) []byte {
	for _, v := range vals {
		b = v.AppendBinary(b)
	}
	return b
}

// readTuple reads values of the columns, and returns what follows them.
func readTuple(b []byte, cols []*schema.Column) (vals []schema.Value, rest []byte, err error) {
	vals = make([]schema.Value, len(cols))
	for i, c := range cols {
		if vals[i], b, err = schema.ReadBinary(b); err != nil {
			return nil, nil, errToken
		}
		if k := vals[i].Kind(); k != c.Kind && (k != schema.Null || !c.Null) {
			return nil, nil, errToken
		}
	}
	return vals, b, nil
}
