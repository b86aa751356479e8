package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/prom-go/prom"
)

// pingCommand is prom ping.
type pingCommand struct {
	Wait time.Duration `placeholder:"30s" help:"How long to try again until the database answers; without it, it tries once."`
}

// Help returns what --help shows below the flags.
func (*pingCommand) Help() string {
	return `A container that needs a database starts with it:

  prom ping --wait 30s && exec ./server

It exits with 0 when the database answered, and with 1 when it did not.`
}

// pong is the result of a ping.
type pong struct {
	Connection string `json:"connection"`
	Dialect    string `json:"dialect"`
	Took       string `json:"took"`
	Tries      int    `json:"tries"`
}

// Pauses between tries of ping.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

func (p *pingCommand) Run(ctx context.Context, e *env) error {
	db, err := e.db()
	if err != nil {
		return err
	}
	end := time.Now().Add(p.Wait)
	if p.Wait > 0 { // without it, the DSN's connect_timeout limits the try
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end)
		defer cancel()
	}
	start, pause := time.Now(), firstPause
	for tries := 1; ; tries++ {
		err = db.Ping(ctx)
		if err == nil {
			r := pong{db.Name(), db.Dialect().Name(), time.Since(start).Round(time.Millisecond).String(), tries}
			return e.print(r, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s %s answered after %s\n", e.paint(green, "✓"), title(db), r.Took)
				return err
			})
		}
		if time.Until(end) < pause || !unreachable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// unreachable reports whether a try later may succeed: the server is not up, or does not accept connections yet.
func unreachable(err error) bool {
	return errors.Is(err, prom.ErrConnection) || errors.Is(err, prom.ErrTimeout) ||
		errors.Is(err, context.DeadlineExceeded)
}

// title names a connection for people.
func title(db *prom.DB) string {
	if db.Name() == "" {
		return "the database (" + db.Dialect().Name() + ")"
	}
	return "#" + db.Name() + " (" + db.Dialect().Name() + ")"
}
