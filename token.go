package prom

import (
	"bytes"

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
