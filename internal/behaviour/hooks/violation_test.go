package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type ticket struct {
	prom.Model
	Mail  string  `prom:"size=3..9,regex='@'"`
	Seat  string  `prom:"choices=a|b,size=1"`
	Left  int     `prom:"min=0"`
	Grade int8    `prom:"min=1,max=6"`
	Share float64 `prom:"max=0.5"`
	Price string  `prom:"decimal=6.2"`
	Code  []byte  `prom:"max=2,nonempty"`
}

var ticketProto = prom.Proto[ticket]()

func goodTicket() ticket {
	return ticket{Mail: "a@b", Seat: "a", Grade: 3, Price: "1.00", Code: []byte("x")}
}

// told are the field, the rule and the limits of each violation in an error.
func told(err error) (list []string) {
	var broken prom.Violations
	errors.As(err, &broken)
	for _, v := range broken {
		l := v.Limits
		list = append(list, fmt.Sprintf("%s %s: %T %v..%v %s %v %q %d.%d", v.Field, v.Rule, l.Min, l.Min, l.Max, l.Unit,
			l.Choices, l.Pattern, l.Precision, l.Scale))
	}
	return list
}

// Ensure that all rules which a field breaks are told, with their limits as data, whatever writes it.
func TestViolationLimits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tickets := prom.NewRepo[ticket](prom.Using(db))
		bad := ticket{Mail: "x", Seat: "cc", Left: -1, Grade: 7, Share: 0.75, Price: "1.234", Code: []byte("abc")}
		want := []string{
			`Mail min: int64 3..9 characters [] "@" 0.0`,
			`Mail regex: int64 3..9 characters [] "@" 0.0`,
			`Seat max: int64 1..1 characters [a b] "" 0.0`,
			`Seat choices: int64 1..1 characters [a b] "" 0.0`,
			`Left min: int64 0..<nil>  [] "" 0.0`,
			`Grade max: int64 1..6  [] "" 0.0`,
			`Share max: <nil> <nil>..0.5  [] "" 0.0`,
			`Price type: <nil> <nil>..<nil>  [] "" 6.2`,
			`Code max: <nil> <nil>..2 bytes [] "" 0.0`,
		}
		saved := goodTicket()
		is.NoErr(tickets.Create(ctx, &saved))
		changed := saved
		changed.Mail, changed.Seat, changed.Left, changed.Grade, changed.Share, changed.Price, changed.Code =
			bad.Mail, bad.Seat, bad.Left, bad.Grade, bad.Share, bad.Price, bad.Code
		keyed := bad
		keyed.ID = 99
		many := make([]ticket, 50)
		for i := range many {
			many[i] = goodTicket()
		}
		many[40] = bad
		var b prom.Batch
		prom.Queue(&b, tickets).Create(new(bad))
		mail := prom.TextOf(ticketProto, &ticketProto.Mail)
		_, setErr := tickets.WithoutWhere().Update(ctx, mail.Set("x"))
		for name, tt := range map[string]struct {
			err  error
			want []string
		}{
			"Validate":   {tickets.Validate(ctx, &bad), want},
			"Create":     {tickets.Create(ctx, new(bad)), want},
			"Update":     {tickets.Update(ctx, &changed), want},
			"Upsert":     {tickets.Upsert(ctx, &keyed), want},
			"CreateMany": {tickets.CreateMany(ctx, many), want},
			"Batch":      {b.Run(ctx), want},
			"Set":        {setErr, want[:2]},
		} {
			if got := told(tt.err); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%s: %v told\n%s", name, tt.err, strings.Join(got, "\n"))
			}
			if !errors.Is(tt.err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
		err := tickets.Validate(ctx, &ticket{Seat: "a", Grade: 1, Price: "1", Mail: "12345@78901"})
		is.Equal(fmt.Sprint(told(err)),
			fmt.Sprint([]string{`Mail max: int64 3..9 characters [] "@" 0.0`, `Code nonempty: <nil> <nil>..2 bytes [] "" 0.0`}))

		// The limits are the caller's own.
		var broken prom.Violations
		is.True(errors.As(tickets.Validate(ctx, &bad), &broken))
		broken[3].Limits.Choices[0] = "cc"
		is.Equal(fmt.Sprint(told(tickets.Validate(ctx, &bad))), fmt.Sprint(want))
	})
}

// Ensure that a CHECK of the database which only the database can find broken tells the rules of its column as well.
func TestCheckViolationLimits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tickets := prom.NewRepo[ticket](prom.Using(db))
		left := prom.NumberOf(ticketProto, &ticketProto.Left)
		grade := prom.NumberOf(ticketProto, &ticketProto.Grade)
		saved := goodTicket()
		is.NoErr(tickets.Create(ctx, &saved))

		check := func(err error, want, text string) {
			t.Helper()
			is.Equal(fmt.Sprint(told(err)), "["+want+"]")
			is.True(errors.Is(err, prom.ErrCheck))
			is.True(!errors.Is(err, prom.ErrValidation))
			if !strings.HasSuffix(err.Error(), text) {
				t.Errorf("%v does not end with %s", err, text)
			}
			var pg *pgconn.PgError
			var lite *prom.SQLiteError
			is.True(errors.As(err, &pg) || errors.As(err, &lite))
		}
		_, err := tickets.WithoutWhere().Update(ctx, left.Sub(1))
		check(err, `Left min: int64 0..<nil>  [] "" 0.0`, "column left: constraint ticket_left_check: it must be at least 0")
		_, err = tickets.WithoutWhere().Update(ctx, grade.Add(100))
		check(err, `Grade check: int64 1..6  [] "" 0.0`, "it must be at least 1, and at most 6")
		err = db.Tx(ctx, func(ctx context.Context) error {
			_, err := tickets.WithoutWhere().Update(ctx, left.Sub(1))
			return err
		})
		check(err, `Left min: int64 0..<nil>  [] "" 0.0`, "it must be at least 0")
	})
}
