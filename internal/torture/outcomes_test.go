package torture

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/prom-go/prom"
)

// outcomes remembers what writers were told of what they wrote, each a single row or a pair of rows in a transaction,
// under a number of its own.
type outcomes struct {
	db   *prom.DB
	repo *prom.Repo[Entry]

	mu    sync.Mutex
	told  map[half]outcome // by worker and number
	kinds map[string]int   // how often each error came
}

type outcome struct {
	pair bool
	err  error
}

func newOutcomes(db *prom.DB, table string) *outcomes {
	return &outcomes{db: db, repo: entries(db, table), told: map[half]outcome{}, kinds: map[string]int{}}
}

// single writes one row.
func (o *outcomes) single(ctx context.Context, worker, no int) error {
	return o.note(worker, no, false, o.repo.Create(ctx, &Entry{Worker: worker, No: no}))
}

// pair writes two rows in a transaction.
func (o *outcomes) pair(ctx context.Context, worker, no int) error {
	return o.note(worker, no, true, o.db.Tx(ctx, func(ctx context.Context) error {
		if err := o.repo.Create(ctx, &Entry{Worker: worker, No: no}); err != nil {
			return err
		}
		return o.repo.Create(ctx, &Entry{Worker: worker, No: no, Half: 1})
	}))
}

func (o *outcomes) note(worker, no int, pair bool, err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told[half{worker: worker, no: no}] = outcome{pair, err}
	if err != nil {
		o.kinds[kindText(err)]++
	}
	return err
}

// kindText is the kind of an error. One without a kind is a mistake of the library, or of the test.
func kindText(err error) string {
	var e *prom.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("an error without a kind: %v", err)
	}
	return e.Kind.Error()
}

// check compares what is there with what the writers were told. It returns how many were acknowledged, and how many of
// those whose outcome was unknown had happened.
func (o *outcomes) check(t *testing.T, have map[half]int) (acknowledged, happened int) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for h, n := range have {
		if n != 1 {
			t.Errorf("%v is there %d times", h, n)
		}
		if _, ok := o.told[half{worker: h.worker, no: h.no}]; !ok {
			t.Errorf("nobody wrote %v", h)
		}
	}
	for h, told := range o.told {
		first, second := have[h] == 1, have[half{h.worker, h.no, 1}] == 1
		switch {
		case told.pair && first != second:
			t.Errorf("half of the transaction %v is there: %v", h, told.err)
		case told.err == nil && !first:
			t.Errorf("%v is lost", h)
		case told.err == nil:
			acknowledged++
		case first && !errors.Is(told.err, prom.ErrOutcomeUnknown):
			t.Errorf("%v is there, and its writer was told: %v", h, told.err)
		case first:
			happened++
		}
	}
	return acknowledged, happened
}

// Ensure that the tests would notice what they are there for.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	unknown, failed := &prom.Error{Kind: prom.ErrOutcomeUnknown}, &prom.Error{Kind: prom.ErrConnection}
	tests := []struct {
		name string
		told outcome
		have map[half]int
		want bool
	}{
		{"a row", outcome{}, map[half]int{{1, 1, 0}: 1}, true},
		{"a pair", outcome{pair: true}, map[half]int{{1, 1, 0}: 1, {1, 1, 1}: 1}, true},
		{"a row that may be there", outcome{err: unknown}, map[half]int{{1, 1, 0}: 1}, true},
		{"a row told wrong", outcome{err: failed}, map[half]int{{1, 1, 0}: 1}, false},
		{"a pair that may be there", outcome{pair: true, err: unknown}, map[half]int{{1, 1, 0}: 1, {1, 1, 1}: 1}, true},
		{"lost", outcome{}, map[half]int{}, false},
		{"doubled", outcome{}, map[half]int{{1, 1, 0}: 2}, false},
		{"a half", outcome{pair: true, err: unknown}, map[half]int{{1, 1, 0}: 1}, false},
		{"told wrong", outcome{pair: true, err: failed}, map[half]int{{1, 1, 0}: 1, {1, 1, 1}: 1}, false},
		{"foreign", outcome{}, map[half]int{{1, 1, 0}: 1, {2, 1, 0}: 1}, false},
	}
	for _, tt := range tests {
		o := &outcomes{told: map[half]outcome{{worker: 1, no: 1}: tt.told}}
		inner := &testing.T{}
		o.check(inner, tt.have)
		if inner.Failed() == tt.want {
			t.Errorf("%s: failed %v", tt.name, inner.Failed())
		}
	}
}
