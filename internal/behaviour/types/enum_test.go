package types_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// rank is an enum whose values have names of their own.
type rank int8

func (rank) Values() []rank { return []rank{1, 2, 3} }

func (r rank) String() string { return map[rank]string{1: "low", 2: "high", 3: "1"}[r] }

// mood is an enum of texts, one of which is the name of another.
type mood string

func (mood) Values() []mood { return []mood{"h", "s"} }

func (m mood) String() string { return map[mood]string{"h": "happy", "s": "h"}[m] }

type ranked struct {
	prom.Model
	Rank rank
	Old  *rank
	Mood mood
}

// Ensure that an enum's value is found by its value and by the name that its String method gives it, that what is
// neither is an error before any SQL, and that one that can be NULL is. parity: F33 B19
func TestEnumNames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[ranked](prom.Using(kit.Open(t, e.DSN)))
		high := rank(2)
		is.NoErr(repo.CreateMany(ctx, []ranked{{Rank: 1, Mood: "h"}, {Rank: 2, Mood: "s", Old: &high}, {Rank: 3, Mood: "s"}}))
		by := func(name string) *prom.AnyField[*ranked] {
			f, err := prom.FieldByName(repo, name)
			is.NoErr(err)
			return f
		}
		for i, c := range []struct {
			cond prom.Cond[*ranked]
			want int
		}{
			{by("rank").Eq("low"), 1}, {by("rank").Eq("2"), 1}, {by("rank").Eq(rank(3)), 1}, {by("rank").Eq(2),
				1}, {by("rank").In("low", "high", 3), 3},
			{by("rank").Eq("1"), 1}, // the value, and not what is named so
			{by("mood").Eq("happy"), 1}, {by("mood").Eq("h"), 1}, {by("mood").Eq("s"), 2},
			{by("old").Eq("high"), 1}, {by("old").Eq(nil), 2},
		} {
			n, err := repo.Where(c.cond).Count(ctx)
			if err != nil || n != c.want {
				t.Errorf("condition %d: %d rows, not %d; %v", i, n, c.want, err)
			}
		}
		for _, cond := range []prom.Cond[*ranked]{by("rank").Eq("middle"), by("rank").Eq("secret"), by("old").Eq("")} {
			_, err := repo.Where(cond).Count(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.True(errors.Is(repo.Create(ctx, &ranked{Rank: 4, Mood: "h"}), prom.ErrValidation))
		is.True(errors.Is(repo.Create(ctx, &ranked{Rank: 1, Mood: "happy"}), prom.ErrValidation)) // a name is no value
	})
}
