// Package outbox sends messages exactly when a transaction commits (a transactional outbox). A message is a row, which
// a program writes in the transaction of its other rows. A relay, in this program or another one, takes messages from
// the table, hands them to a function, which sends them, and deletes them:
//
//	var messages = outbox.NewRepo()
//
//	err := prom.Tx(ctx, func(ctx context.Context) error {
//		if err := orders.Create(ctx, &order); err != nil {
//			return err
//		}
//		return messages.Create(ctx, &outbox.Message{Topic: "orders", Key: order.Number, Body: body})
//	})
//
//	err := outbox.Run(ctx, messages, outbox.Relay{Handle: publish})
//
// Each message is handled at least once. It comes again if its function fails, if its relay crashes, or if the relay
// loses its connection before it has deleted the message. So a receiver must bear a message twice, for which it may use
// the message's ID. Messages with the same topic and key are handled one after the other, in the order of their IDs.
// Any number of relays may run.
package outbox
