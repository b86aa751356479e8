package types_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// sealed is a text that is encrypted on its way to the database, differently each time.
	sealed string
	// grams is stored as an integer.
	grams struct{ n float64 }
	// months is stored as the first day.
	months struct{ year, month int }
	// answer is stored as a boolean.
	answer string
	// share is stored as a float.
	share struct{ num, den int64 }
	// late has no codec when its model is read.
	late string
)

var errSealed = errors.New("the seal of secret is broken")

var sealer = func() cipher.AEAD {
	block, err := aes.NewCipher([]byte("0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}()

var _ = prom.RegisterCodec(
	func(s sealed) ([]byte, error) {
		if s == "secret refused" {
			return nil, fmt.Errorf("%s is refused", s)
		}
		nonce := make([]byte, sealer.NonceSize())
		_, _ = rand.Read(nonce) // which never fails
		return sealer.Seal(nonce, nonce, []byte(s), nil), nil
	},
	func(b []byte) (sealed, error) {
		if len(b) < sealer.NonceSize() {
			return "", errSealed
		}
		plain, err := sealer.Open(nil, b[:sealer.NonceSize()], b[sealer.NonceSize():], nil)
		if err != nil {
			return "", errSealed
		}
		return sealed(plain), nil
	})

var (
	_ = prom.RegisterCodec(func(g grams) (int64, error) { return int64(g.n * 1000), nil },
		func(n int64) (grams, error) { return grams{float64(n) / 1000}, nil })
	_ = prom.RegisterCodec(
		func(m months) (time.Time, error) {
			return time.Date(m.year, time.Month(m.month), 1, 0, 0, 0, 0, time.UTC), nil
		},
		func(t time.Time) (months, error) { return months{t.Year(), int(t.Month())}, nil })
	_ = prom.RegisterCodec(func(a answer) (bool, error) { return a == "yes", nil }, func(b bool) (answer, error) {
		return map[bool]answer{true: "yes", false: "no"}[b], nil
	})
	_ = prom.RegisterCodec(func(s share) (float64, error) { return float64(s.num) / float64(s.den), nil },
		func(f float64) (share, error) {
			return share{int64(f * 8), 8}, nil
		})
	_ = prom.RegisterCodec(func(n big.Int) (string, error) { return fmt.Sprintf("%x", &n), nil },
		func(s string) (big.Int, error) {
			n, ok := new(big.Int).SetString(s, 16)
			if !ok {
				return big.Int{}, errors.New("no number")
			}
			return *n, nil
		})
)

type coded struct {
	prom.Model
	Seal  sealed
	Seals []sealed
	Other *sealed
	Null  sql.Null[sealed]
	Heavy grams `prom:"min=0"`
	Light *grams
	Month months
	Reply answer
	Part  share
	Big   big.Int
	Most  *big.Int
	Loose sealed `prom:"json"`
}

var (
	codedProto = prom.Proto[coded]()
	codedSeal  = prom.FieldOf(codedProto, &codedProto.Seal)
	codedHeavy = prom.OrderedOf(codedProto, &codedProto.Heavy)
	codedLight = prom.NullOrderedOf(codedProto, &codedProto.Light)
	codedMonth = prom.OrderedOf(codedProto, &codedProto.Month)
	codedReply = prom.FieldOf(codedProto, &codedProto.Reply)
	codedBig   = prom.FieldOf(codedProto, &codedProto.Big)
)

func aCoded() coded {
	other, light := sealed("other"), grams{0.25}
	return coded{
		Seal: "secret", Seals: []sealed{"secret", ""}, Other: &other, Null: sql.Null[sealed]{V: "null",
			Valid: true}, Heavy: grams{1.5}, Light: &light,
		Month: months{2024, 2}, Reply: "yes", Part: share{3, 8}, Big: *big.NewInt(255), Most: big.NewInt(-1), Loose: "loose",
	}
}

// Ensure that a type with a codec is stored as the codec says, read back as it was, found by it, and that only what
// changed is written. parity: F45
func TestCodec(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[coded](prom.Using(db))
		c := aCoded()
		is.NoErr(repo.Create(ctx, &c))
		list := []coded{aCoded(), {Seal: "bare", Month: months{1, 1}, Part: share{0, 1}}}
		is.NoErr(repo.CreateMany(ctx, list))
		read, err := repo.Get(ctx, c.ID)
		is.NoErr(err)
		many, err := repo.Get(ctx, list[0].ID)
		is.NoErr(err)
		for _, got := range []*coded{&c, read, &list[0], many} {
			is.Equal(len(repo.Modified(got)), 0)
			v := *got
			v.Model = prom.Model{}
			want := aCoded()
			is.Equal(v, want)
		}
		bare, err := repo.Get(ctx, list[1].ID)
		is.NoErr(err)
		is.True(bare.Other == nil && !bare.Null.Valid && bare.Light == nil && bare.Most == nil && len(bare.Seals) == 0)

		for _, cond := range []prom.Cond[*coded]{
			codedHeavy.Eq(grams{1.5}), codedHeavy.Between(grams{1}, grams{2}), codedLight.NotNull(), codedMonth.In(months{2024,
				2}, months{3, 3}),
			codedReply.Eq("yes"), codedBig.Eq(*big.NewInt(255)),
		} {
			n, err := repo.Where(cond).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 2)
		}
		_, err = repo.Where(codedReply.Eq("no")).Update(ctx, codedSeal.Set("set"), codedHeavy.Set(grams{3}),
			codedLight.SetNull())
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, bare))
		is.True(bare.Seal == "set" && bare.Heavy == grams{3})

		read.Seal, read.Seals[1], *read.Light = "changed", "x", grams{7}
		read.Big.SetInt64(256)
		is.Equal(repo.Modified(read), []string{"seal", "seals", "light", "big"})
		read.Other = nil
		is.NoErr(repo.Save(ctx, read))
		is.Equal(len(repo.Modified(read)), 0)
		is.NoErr(repo.Reload(ctx, read))
		is.True(read.Seal == "changed" && read.Seals[1] == "x" && *read.Light == grams{7} && read.Other == nil)
	})
}

// Ensure that the database sees what a codec encrypted and nothing of the value, and that an error shows neither.
func TestCodecSecret(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[coded](prom.Using(db))
		c := aCoded()
		is.NoErr(repo.Create(ctx, &c))
		std, err := db.SQL(ctx)
		is.NoErr(err)
		var stored []byte
		is.NoErr(std.QueryRowContext(ctx, "SELECT seal FROM coded").Scan(&stored))
		is.True(len(stored) > len("secret") && !strings.Contains(string(stored), "secret"))
		var seals string
		is.NoErr(std.QueryRowContext(ctx, "SELECT CAST(seals AS TEXT) FROM coded").Scan(&seals))
		is.True(!strings.Contains(seals, "secret") && strings.Contains(seals, `"`))

		c.Seal = "secret refused"
		err = repo.Save(ctx, &c)
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(!strings.Contains(err.Error(), "secret"))
		_, err = repo.Where(codedSeal.Eq("secret refused")).Count(ctx)
		is.True(err != nil && !strings.Contains(err.Error(), "secret"))
		c = aCoded()
		c.Heavy = grams{-1}
		is.True(errors.Is(repo.Create(ctx, &c), prom.ErrValidation))

		cut := map[string]string{dbtest.NameSQLite: "substr(seal, 2)", dbtest.NamePostgres: "substring(seal FROM 2)"}[e.Name]
		_, err = std.ExecContext(ctx, "UPDATE coded SET seal = "+cut)
		is.NoErr(err)
		_, err = repo.First(ctx)
		is.True(errors.Is(err, prom.ErrType) && errors.Is(err, errSealed))
		is.True(!strings.Contains(err.Error(), "secret"))
	})
}

// Ensure that a codec that comes too late, or again, or for a type of somebody else, panics and says why.
func TestCodecRefused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type tardy struct {
		prom.Model
		Late late
	}
	prom.NewRepo[tardy]()
	type tagged struct {
		Seal sealed `prom:"uuid"`
	}
	text := func(s late) (string, error) { return string(s), nil }
	back := func(s string) (late, error) { return late(s), nil }
	for want, register := range map[string]func(){
		"is registered too late": func() { prom.RegisterCodec(text, back) },
		"has a codec already": func() {
			prom.RegisterCodec(func(s sealed) (string, error) { return "", nil },
				func(string) (sealed, error) { return "", nil })
		},
		"cannot have a codec": func() {
			prom.RegisterCodec(func(s string) (string, error) { return s, nil },
				func(s string) (string, error) { return s, nil })
		},
		"lacks a function":    func() { prom.RegisterCodec[late, string](text, nil) },
		"cannot be used with": func() { prom.NewRepo[tagged]() },
	} {
		func() {
			defer func() { is.True(strings.Contains(fmt.Sprint(recover()), want)) }()
			register()
		}()
	}
}
