// Shop is the command prom with the models of the shop.
package main

import (
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

func main() { promcli.Main(shop.Models()...) }
