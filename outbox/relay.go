package outbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prom-go/prom"
)

// Relay says how [Run] handles messages. Handle is required; the zero value of each other field is its default.
type Relay struct {
	// Handle sends a message. An error is a failed attempt. The context ends with the lease, and with that of Run.
	// Handle is called in several goroutines at the same time, for messages of different keys. It must not keep the
	// message's Body after it returns. A panic ends the program, and counts as an attempt.
	Handle func(ctx context.Context, m *Message) error

	Topics   []string      // the topics to handle; none for all
	Parallel int           // the most messages that are handled at the same time; 0 means 10
	Lease    time.Duration // how long an attempt may take; after it, a crashed relay's messages come again; 0: a minute
	Tries    int           // attempts until a message is given up, see Dead; 0 means 10, less than 0 no limit

	// Backoff returns the pause after the given number of failed attempts. If it is nil, the pause is a second, doubled
	// for each attempt, and at most 5 minutes.
	Backoff func(tries int) time.Duration

	// Trigger makes PostgreSQL notify relays of new messages at once; see [prom.WatchTrigger]. Transactions that write
	// messages then commit one after the other. Without it, a relay polls once a second, on SQLite 5 times a second.
	Trigger bool
	// Patience is how long a relay retries if the database cannot be reached, before Run returns the error; 0 means one
	// minute.
	Patience time.Duration
}

const (
	defaultParallel = 10
	defaultLease    = time.Minute
	defaultTries    = 10
	defaultPatience = time.Minute

	longestFailure = 1000 // bytes

	longestIdle = time.Second      // without a look at the table
	grace       = 10 * time.Second // for noting how an attempt has ended
)

// Run handles messages until ctx ends, and then returns nil when the calls of Handle that are running have returned. A
// message whose attempt was cut off by that is due again at once, and the attempt is not counted. If the database
// cannot be reached for the time of Patience, or refuses a statement, Run returns the error.
//
// Several relays may run on one table. Their clocks should agree to less than a lease.
func Run(ctx context.Context, messages *prom.Repo[Message], r Relay) error {
	switch {
	case r.Handle == nil:
		return errors.New("prom: outbox: a relay needs the function Handle")
	case r.Parallel < 0 || r.Lease < 0 || r.Patience < 0:
		return errors.New("prom: outbox: the numbers of a relay cannot be negative")
	}
	r.Parallel, r.Lease = cmp.Or(r.Parallel, defaultParallel), cmp.Or(r.Lease, defaultLease)
	r.Tries, r.Patience = cmp.Or(r.Tries, defaultTries), cmp.Or(r.Patience, defaultPatience)
	if r.Backoff == nil {
		r.Backoff = backoff
	}
	run := &running{Relay: r, messages: messages, name: rand.Text(), wake: make(chan struct{}, 1),
		finished: make(chan error, r.Parallel)}
	return run.all(ctx)
}

func backoff(tries int) time.Duration {
	return min(time.Second<<min(max(tries-1, 0), 20), 5*time.Minute)
}

// running is a relay that runs.
type running struct {
	Relay
	messages *prom.Repo[Message]
	name     string        // by which its leases are known
	wake     chan struct{} // there may be new messages
	finished chan error    // of one message each
	busy     int           // messages that are handled
}

func (r *running) all(ctx context.Context) (err error) {
	if err := r.messages.Install(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	inner, stop := context.WithCancel(ctx)
	watched := make(chan error, 1)
	var watch sync.WaitGroup
	watch.Go(func() { watched <- r.watch(inner) })
	defer func() {
		stop()
		for ; r.busy > 0; r.busy-- {
			err = cmp.Or(err, <-r.finished)
		}
		watch.Wait()
		if ctx.Err() != nil {
			err = nil
		}
	}()
	well := time.Now() // when the database was last reached
	for ctx.Err() == nil {
		n, pause, err := r.step(inner)
		switch {
		case err == nil:
			well = time.Now()
		case !passing(err) || time.Since(well) > r.Patience:
			return err
		default:
			pause = time.Second
		}
		if n > 0 && r.busy < r.Parallel {
			continue // there may be more
		}
		timer := time.NewTimer(pause)
		select {
		case <-inner.Done():
		case <-timer.C:
		case <-r.wake:
		case err := <-r.finished:
			r.busy--
			if err != nil && !passing(err) {
				timer.Stop()
				return err
			}
		case err := <-watched:
			watched = nil
			if err != nil && ctx.Err() == nil {
				timer.Stop()
				return err
			}
		}
		timer.Stop()
	}
	return nil
}

// passing reports whether an error may end by itself.
func passing(err error) bool {
	return slices.ContainsFunc([]error{prom.ErrConnection, prom.ErrBusy, prom.ErrTimeout, prom.ErrSerialization,
		prom.ErrDeadlock, prom.ErrOutcomeUnknown}, func(kind error) bool { return errors.Is(err, kind) })
}

// watch wakes the relay when there are new messages.
func (r *running) watch(ctx context.Context) error {
	options := []prom.WatchOption{prom.WatchPatience(r.Patience)}
	if r.Trigger {
		options = append(options, prom.WatchTrigger())
	}
	for _, err := range prom.Watch(ctx, r.messages.Query().Only(ID, Created), options...) {
		if err != nil {
			return err
		}
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// step takes the messages that can be handled now, and tells how many, and after what time there may be others.
func (r *running) step(ctx context.Context) (n int, pause time.Duration, err error) {
	if r.busy >= r.Parallel {
		return 0, longestIdle, nil
	}
	now := time.Now()
	list, err := prom.Claim(ctx, r.due(now).OrderBy(ID.Asc()), r.Parallel-r.busy,
		Due.Set(now.Add(r.Lease)), Lease.Set(r.name), Tries.Add(1))
	if err != nil {
		return 0, 0, err
	}
	for i := range list {
		r.busy++
		go func() { r.finished <- r.handle(ctx, &list[i], now.Add(r.Lease)) }()
	}
	if len(list) > 0 {
		return len(list), longestIdle, nil
	}
	next, err := r.topics(r.messages.Where(Dead.IsNull(), Due.Gt(now))).OrderBy(Due.Asc()).Only(ID, Due).First(ctx)
	switch {
	case errors.Is(err, prom.ErrNotFound):
		return 0, longestIdle, nil
	case err != nil:
		return 0, 0, err
	}
	return 0, min(max(time.Until(next.Due), time.Millisecond), longestIdle), nil
}

// due is the query of messages that can be handled: of each key the first one that is left.
func (r *running) due(now time.Time) *prom.Query[Message] {
	both := prom.Correlate(message, message)
	earlier := prom.Exists(message, r.messages.Where(Dead.IsNull()), prom.Match(Topic, Topic), prom.Match(Key, Key),
		prom.Lt(prom.Inner(both, ID), prom.Outer(both, ID)))
	return r.topics(r.messages.Where(Dead.IsNull(), Due.Lte(now), prom.Or(Key.Eq(""), prom.Not(earlier))))
}

func (r *running) topics(q *prom.Query[Message]) *prom.Query[Message] {
	if len(r.Topics) == 0 {
		return q
	}
	return q.Where(Topic.In(r.Topics...))
}

// handle handles a message, and notes how that ended, whether or not the relay is to end meanwhile.
func (r *running) handle(ctx context.Context, m *Message, until time.Time) error {
	given := r.Tries > 0 && m.Tries > r.Tries // relays have crashed in the last attempts
	var failed error
	if !given {
		limited, cancel := context.WithDeadline(ctx, until)
		failed = r.Handle(limited, m)
		cancel()
	}
	cut := failed != nil && ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	var err error
	switch now := time.Now(); {
	case given:
		_, err = r.mine(m).Update(ctx, Lease.Set(""), Dead.Set(now))
	case failed == nil:
		_, err = r.mine(m).Delete(ctx)
	case cut:
		_, err = r.mine(m).Update(ctx, Lease.Set(""), Due.Set(now), Tries.Add(-1))
	case r.Tries > 0 && m.Tries >= r.Tries:
		_, err = r.mine(m).Update(ctx, Lease.Set(""), Failure.Set(failure(failed)), Dead.Set(now))
	default:
		_, err = r.mine(m).Update(ctx, Lease.Set(""), Failure.Set(failure(failed)), Due.Set(now.Add(r.Backoff(m.Tries))))
	}
	return err
}

// failure is the text of an error as a column takes it.
func failure(err error) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "?"), "\x00", "?")
	if len(text) > longestFailure {
		text = strings.ToValidUTF8(text[:longestFailure], "")
	}
	return text
}

// mine is the query of a message, as long as no other relay has taken it after the lease.
func (r *running) mine(m *Message) *prom.Query[Message] {
	return r.messages.Where(ID.Eq(m.ID), Lease.Eq(r.name), Tries.Eq(m.Tries))
}
