package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/prom-go/prom/promcli"
)

// runDB is the command prom with the models of this program. It returns the exit code.
func runDB(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return promcli.Run(ctx, promcli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, args, models...)
}
