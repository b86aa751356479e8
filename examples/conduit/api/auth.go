package api

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	saltSize  = 16
	tokenTime = 60 * 24 * time.Hour
)

// iterations of PBKDF2 make guessing slow. Tests, which have nothing to protect, do with fewer.
var iterations = 600_000

// derive returns what is stored of a password: a salt, and the key that PBKDF2 derives with it.
func derive(password string, salt []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		panic(err) // the sizes are not allowed
	}
	return slices.Concat(salt, key)
}

// protect returns what is stored of a new password; nothing when there is none, which the model refuses.
func protect(password string) []byte {
	if password == "" {
		return nil
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	return derive(password, salt)
}

// matches reports whether a password is the one that is stored. It takes as long when nothing is stored, so that the
// time does not tell who is registered.
func matches(password string, stored []byte) bool {
	salt := make([]byte, saltSize)
	copy(salt, stored)
	return subtle.ConstantTimeCompare(derive(password, salt), stored) == 1
}

func (s *Server) sign(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// token says who its bearer is, until when, and that this server says so.
func (s *Server) token(user int64) string {
	text := fmt.Sprintf("%d-%d", user, time.Now().Add(tokenTime).Unix())
	return text + "-" + s.sign(text)
}

// viewer returns the user who sends a request, 0 when it has no token. One that is wrong is refused.
func (s *Server) viewer(r *http.Request) (user int64, err error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Token ")
	if !ok {
		return 0, nil
	}
	text, until := token[:max(0, strings.LastIndexByte(token, '-'))], int64(0)
	if !hmac.Equal([]byte(token), []byte(text+"-"+s.sign(text))) {
		return 0, fault{http.StatusUnauthorized, "token", "is invalid"}
	}
	if _, err := fmt.Sscanf(text, "%d-%d", &user, &until); err != nil || time.Now().Unix() > until {
		return 0, fault{http.StatusUnauthorized, "token", "has expired"}
	}
	return user, nil
}
