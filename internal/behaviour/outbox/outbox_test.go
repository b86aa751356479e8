package outbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/outbox"
)

// inbox is what has been handled.
type inbox struct {
	mu   sync.Mutex
	list []string
}

func (in *inbox) add(m *outbox.Message) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.list = append(in.list, string(m.Body))
}

func (in *inbox) len() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.list)
}

// until waits for something that relays do.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("in a minute it has not become so: ", what)
		}
	}
}

// relays runs relays, and returns what stops them and gives their errors.
func relays(t *testing.T, messages *prom.Repo[outbox.Message], list ...outbox.Relay) (stop func() error) {
	ctx, cancel := context.WithCancel(kit.Ended(t))
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i := range list {
		wg.Go(func() { errs[i] = outbox.Run(ctx, messages, list[i]) })
	}
	return sync.OnceValue(func() error { cancel(); wg.Wait(); return errors.Join(errs...) })
}

func empty(t *testing.T, messages *prom.Repo[outbox.Message]) func() bool {
	return func() bool {
		there, err := messages.Query().Exists(context.Background())
		if err != nil {
			t.Error(err)
		}
		return !there
	}
}

// Ensure that a message is written with the transaction or not at all, and reaches a relay that waits.
func TestOutbox_Tx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		messages := outbox.NewRepo(prom.Using(db))
		var in inbox
		stop := relays(t, messages, outbox.Relay{Trigger: true, Handle: func(_ context.Context, m *outbox.Message) error {
			in.add(m)
			return nil
		}})
		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(messages.Create(ctx, &outbox.Message{Body: []byte("never")})) })
		is.NoErr(db.Tx(context.Background(), func(ctx context.Context) error {
			return messages.Create(ctx, &outbox.Message{Topic: "t", Body: []byte("once")})
		}))
		until(t, "the message is handled", empty(t, messages))
		is.NoErr(stop())
		is.Equal(in.list, []string{"once"})
	})
}

// Ensure that several relays handle each message once, and those of one key in their order, though some attempts fail.
func TestOutbox_Relays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		messages := outbox.NewRepo(prom.Using(db))
		const n, keys = 120, 5
		list := make([]outbox.Message, n)
		for i := range list {
			list[i] = outbox.Message{Topic: "t", Key: fmt.Sprint(i % keys), Body: []byte(fmt.Sprint(i))}
			if i%4 == 0 {
				list[i].Key = ""
			}
		}
		is.NoErr(messages.CreateMany(context.Background(), list))
		var in inbox
		tried := map[int64]int{}
		var mu sync.Mutex
		relay := outbox.Relay{
			Handle: func(_ context.Context, m *outbox.Message) error {
				mu.Lock()
				tried[m.ID]++
				first := tried[m.ID] == 1
				mu.Unlock()
				if first && m.ID%3 == 0 {
					return errors.New("not today")
				}
				in.add(m)
				return nil
			},
			Backoff: func(int) time.Duration { return time.Millisecond },
		}
		stop := relays(t, messages, relay, relay, relay)
		until(t, "all are handled", empty(t, messages))
		is.NoErr(stop())
		is.Equal(len(in.list), n)
		last := map[string]int{}
		seen := map[string]bool{}
		for _, body := range in.list {
			is.True(!seen[body])
			seen[body] = true
			var i int
			_, err := fmt.Sscan(body, &i)
			is.NoErr(err)
			if key := list[i].Key; key != "" {
				is.True(i >= last[key]) // the order of the key
				last[key] = i
			}
		}
		for i := range list {
			is.Equal(tried[list[i].ID], map[bool]int{true: 2, false: 1}[list[i].ID%3 == 0])
		}
	})
}

// Ensure that a message is given up after its attempts, lets the next one of its key go on, and can be revived; and
// that a relay leaves other topics alone.
func TestOutbox_Dead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		messages := outbox.NewRepo(prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(messages.CreateMany(ctx, []outbox.Message{{Topic: "a", Key: "k", Body: []byte("bad")},
			{Topic: "a", Key: "k", Body: []byte("good")}, {Topic: "b", Key: "k", Body: []byte("other")},
			{Topic: "a", Body: []byte("later"), Due: time.Now().Add(time.Hour)},
			// Relays have crashed with it: it is handed to no other one.
			{Topic: "a", Body: []byte("poison"), Tries: 3, Lease: "of a relay", Due: time.Now().Add(-time.Second)}}))
		var in inbox
		var healed bool
		var mu sync.Mutex
		stop := relays(t, messages, outbox.Relay{Topics: []string{"a"}, Tries: 3,
			Backoff: func(tries int) time.Duration { return time.Duration(tries) * time.Millisecond },
			Handle: func(_ context.Context, m *outbox.Message) error {
				mu.Lock()
				defer mu.Unlock()
				if string(m.Body) == "bad" && !healed {
					return errors.New("no\x00 \xff way")
				}
				in.add(m)
				return nil
			}})
		until(t, "the second is handled", func() bool { return in.len() == 1 })
		until(t, "the other one is given up", func() bool {
			n, err := messages.Where(outbox.Dead.NotNull(), outbox.Tries.Eq(4)).Delete(ctx)
			is.NoErr(err)
			return n == 1
		})
		dead, err := messages.Where(outbox.Dead.NotNull()).One(ctx)
		is.NoErr(err)
		is.Equal(dead.Tries, 3)
		is.Equal(dead.Failure, "no? ? way")
		mu.Lock()
		healed = true
		mu.Unlock()
		_, err = messages.Where(outbox.Dead.NotNull()).Update(ctx, outbox.Revive()...)
		is.NoErr(err)
		until(t, "the revived one is handled", func() bool { return in.len() == 2 })
		is.NoErr(stop())
		is.Equal(in.list, []string{"good", "bad"})
		n, err := messages.Query().Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
	})
}

// Ensure that Run ends with its context, and that a message which it cuts off is due again without a lost attempt.
func TestOutbox_Stop(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		messages := outbox.NewRepo(prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(messages.CreateMany(ctx, []outbox.Message{{Body: []byte("cut")}, {Body: []byte("done")}}))
		begun := make(chan struct{}, 2)
		stop := relays(t, messages, outbox.Relay{Handle: func(ctx context.Context, m *outbox.Message) error {
			begun <- struct{}{}
			<-ctx.Done()
			if string(m.Body) == "done" {
				return nil // it was sent nevertheless
			}
			return ctx.Err()
		}})
		<-begun
		<-begun
		is.NoErr(stop())
		m, err := messages.Query().One(ctx)
		is.NoErr(err)
		is.Equal(string(m.Body), "cut")
		is.Equal(m.Tries, 0)
		is.Equal(m.Lease, "")
		is.True(!m.Due.After(time.Now()))
	})
}

// Ensure that the messages of a relay that was killed between taking and deleting come again after the lease, and no
// others.
func TestOutbox_Killed(t *testing.T) {
	if dbtest.IsChild() {
		messages := outbox.NewRepo(prom.Using(kit.Open(t, os.Getenv("CHILD_DSN"))))
		_ = outbox.Run(context.Background(), messages, outbox.Relay{Lease: time.Second, Parallel: 4,
			Handle: func(_ context.Context, m *outbox.Message) error {
				fmt.Println("has", string(m.Body))
				if m.ID > 6 {
					time.Sleep(time.Hour)
				}
				return nil
			}})
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		messages := outbox.NewRepo(prom.Using(kit.Open(t, e.DSN)))
		list := make([]outbox.Message, 20)
		for i := range list {
			list[i].Body = []byte(fmt.Sprint("m", i+1))
		}
		is.NoErr(messages.CreateMany(context.Background(), list))
		child := dbtest.Child(t, "TestOutbox_Killed", "CHILD_DSN="+e.DSN)
		out, err := child.StdoutPipe()
		is.NoErr(err)
		is.NoErr(child.Start())
		var had []string
		for s := bufio.NewScanner(out); len(had) < 10 && s.Scan(); {
			if body, ok := strings.CutPrefix(s.Text(), "has "); ok {
				had = append(had, body)
			}
		}
		is.Equal(len(had), 10) // six are sent, four are in hand
		time.Sleep(50 * time.Millisecond)
		is.NoErr(child.Process.Kill())
		_ = child.Wait()
		var in inbox
		stop := relays(t, messages, outbox.Relay{Handle: func(_ context.Context, m *outbox.Message) error {
			in.add(m)
			return nil
		}})
		until(t, "all are handled", empty(t, messages))
		is.NoErr(stop())
		slices.Sort(in.list)
		is.Equal(len(slices.Compact(in.list)), len(in.list)) // none twice
		for i := range list {
			body := string(list[i].Body)
			is.Equal(slices.Contains(in.list, body), i >= 6) // the first six are not handled again
		}
	})
}
