package outbox

import (
	"time"

	"github.com/prom-go/prom"
)

// Message is a message that waits to be sent. It is a model like any other: create messages with a repo, in the
// transaction of the changes that they report. Set Topic, Key, Body and perhaps Due; the other fields belong to the
// relays.
type Message struct {
	ID      int64      `prom:"key,auto"` // in the order of the inserts
	Topic   string     // what it is about; relays may take some topics only
	Key     string     `prom:"message_key"` // those of a topic with the same key are in order; "" for no order
	Body    []byte     // what is sent
	Created time.Time  `prom:"created"`     // when it was inserted
	Due     time.Time  `prom:"default=now"` // no attempt before it; the end of the lease while one runs
	Tries   int        // attempts that have begun
	Lease   string     // the relay that handles it; "" for none
	Failure string     // the error text of the last attempt
	Dead    *time.Time // when it was given up, after the last attempt; nil until then
	_       struct{}   `prom:"index=due,on='due, id',where='dead IS NULL'"`
	_       struct{}   `prom:"index=order,on='topic, message_key, id',where='dead IS NULL'"`
}

// TableName returns the name of the table of messages.
func (Message) TableName() string { return "outbox" }

var message = prom.Proto[Message]()

// The fields of a [Message], for conditions and orders.
var (
	ID      = prom.NumberOf(message, &message.ID)     // the order of the inserts
	Topic   = prom.TextOf(message, &message.Topic)    // what the message is about
	Key     = prom.TextOf(message, &message.Key)      // messages with the same topic and key are handled in order
	Created = prom.TimeOf(message, &message.Created)  // when it was inserted
	Due     = prom.TimeOf(message, &message.Due)      // when the next attempt may begin
	Tries   = prom.NumberOf(message, &message.Tries)  // how many attempts have begun
	Lease   = prom.TextOf(message, &message.Lease)    // the relay that handles it now; "" for none
	Failure = prom.TextOf(message, &message.Failure)  // the error of the last attempt
	Dead    = prom.NullTimeOf(message, &message.Dead) // when it was given up; NULL until then
)

// NewRepo returns a repo of messages, whose options are those of [prom.NewRepo].
func NewRepo(options ...prom.RepoOption) *prom.Repo[Message] {
	return prom.NewRepo[Message](options...)
}

// Revive returns the assignments after which messages that were given up are handled again:
//
//	messages.Where(outbox.Dead.NotNull()).Update(ctx, outbox.Revive()...)
func Revive() []prom.Assign[*Message] {
	return []prom.Assign[*Message]{Dead.SetNull(), Tries.Set(0), Due.Set(time.Now()), Lease.Set("")}
}
