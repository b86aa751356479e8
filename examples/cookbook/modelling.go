package cookbook

import (
	"context"
	"errors"
	"time"

	"github.com/prom-go/prom"
)

// reprice makes all products dearer by a factor such as 1.05, computed by the database and rounded to cents.
func reprice(ctx context.Context, products *prom.Repo[Product], factor string) error {
	price := prom.TimesDecimal(productPrice, prom.Val(product, factor))
	_, err := products.WithoutWhere().Update(ctx, productPrice.SetTo(prom.RoundDecimal(price, 2)))
	return err
}

// value is what the lines of an order are worth.
func value(ctx context.Context, lines *prom.Repo[Line], order prom.UUID) (string, error) {
	worth := prom.TimesDecimal(linePrice, prom.DecimalOf[string](lineQuantity, 0))
	return prom.Scalar(ctx, lines.Where(lineOrder.Eq(order)), prom.OrValue(prom.SumDecimal(worth), "0"))
}

// Member is a customer whose column name will be full_name. While both versions of the program run, it has both.
type Member struct {
	prom.Model
	Name     string
	FullName *string
}

var (
	member         = prom.Proto[Member]()
	memberName     = prom.TextOf(member, &member.Name)
	memberFullName = prom.NullTextOf(member, &member.FullName)
)

// BeforeSave writes both columns.
func (m *Member) BeforeSave(context.Context) error {
	m.FullName = &m.Name
	return nil
}

// backfill copies the old column to the new one, in short transactions.
func backfill(ctx context.Context, members *prom.Repo[Member]) error {
	missing := members.Where(memberFullName.IsNull())
	for _, err := range prom.UpdateInChunks(ctx, missing, prom.Chunks{Size: 1000}, memberFullName.SetTo(memberName)) {
		if err != nil {
			return err
		}
	}
	return nil
}

// Booking is a room for some days. A removed booking leaves its day free.
type Booking struct {
	prom.Model
	Room    string
	From    time.Time `prom:"date"`
	Until   time.Time `prom:"date"`
	Removed bool

	_ struct{} `prom:"unique=room_day,on='room, from',where='NOT removed'"`
}

var (
	booking        = prom.Proto[Booking]()
	bookingID      = prom.NumberOf(booking, &booking.ID)
	bookingRemoved = prom.FieldOf(booking, &booking.Removed)
)

// Validate checks what a tag cannot say.
func (b *Booking) Validate(context.Context) error {
	var broken prom.Violations
	if !b.From.Before(b.Until) {
		broken.Add("Until", "it must be after the first day")
	}
	return broken.Err()
}

// publicJSON writes a customer as JSON without its private columns.
func publicJSON(customers *prom.Repo[Customer], c *Customer) ([]byte, error) {
	return customers.JSON(c)
}

// Balance is a row whose history is kept.
type Balance struct {
	_ struct{} `prom:"audit"`
	prom.Model
	Owner string
	Cents int64
}

// deposit changes a balance, and says who does it.
func deposit(ctx context.Context, balances *prom.Repo[Balance], who string, b *Balance, cents int64) error {
	if cents <= 0 {
		return errors.New("nothing to deposit")
	}
	b.Cents += cents
	return balances.Save(prom.WithActor(ctx, who), b)
}
