package watch_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Letters with what is said of them when they come.
type (
	Mailbox struct {
		prom.Model
		Name    string
		Letters prom.Many[Letter]
		Count   int64 `prom:"computed"`
	}
	Letter struct {
		prom.Model
		Box   prom.Ref[Mailbox] `prom:"index"`
		Text  string
		Label string `prom:"computed"`
	}
)

var (
	mailbox        = prom.Proto[Mailbox]()
	mailboxName    = prom.TextOf(mailbox, &mailbox.Name)
	mailboxLetters = prom.ManyOf(mailbox, &mailbox.Letters)
	letter         = prom.Proto[Letter]()
	letterBox      = prom.RefOf(letter, &letter.Box)
	letterText     = prom.TextOf(letter, &letter.Text)
)

// Ensure that rows come with their computed fields, and with those of their relations, also when some fields are read.
func TestWatchComputes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		boxes, letters := prom.NewRepo[Mailbox](prom.Using(db)), prom.NewRepo[Letter](prom.Using(db))
		box := Mailbox{Name: "ada"}
		is.NoErr(boxes.Create(ctx, &box))
		is.NoErr(letters.Create(ctx, &Letter{Box: prom.RefTo(&box), Text: "first"}))
		label := prom.Col(&letter.Label, prom.Concat(letterText, prom.Val(letter, " to "), prom.Via(letterBox, mailboxName)))
		owner := letterBox.Compute(prom.Col(&mailbox.Count, mailboxLetters.Count()))
		for _, q := range []*prom.Query[Letter]{letters.Compute(label).With(owner),
			letters.Query().Only(letterText).Compute(label).With(owner)} {
			before, err := letters.Query().Count(ctx)
			is.NoErr(err)
			w := watch(t, func(ctx context.Context) iter.Seq2[*Letter, error] {
				return prom.Watch(ctx, q, prom.WatchFromStart(), prom.WatchEvery(20*time.Millisecond))
			})
			for range before {
				is.True(w.next().Label != "")
			}
			is.NoErr(letters.Create(ctx, &Letter{Box: prom.RefTo(&box), Text: "next"}))
			got := w.next()
			is.Equal(got.Label, "next to ada")
			to, ok := got.Box.Get()
			is.True(ok)
			is.Equal(to.Count, int64(before+1))
			w.stop()
		}
	})
}
