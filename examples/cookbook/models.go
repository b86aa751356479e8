// Package cookbook holds the code of docs/cookbook: the models of a small shop, and a function for each recipe. Its
// tests run every function on both engines.
package cookbook

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

// Customer has an account in the shop.
type Customer struct {
	prom.Model
	Email    string            `prom:"nocase,unique,max=200" json:"email"`
	Name     string            `prom:"size=1..100" json:"name"`
	Password string            `prom:"private" json:"-"` // a hash
	Level    Level             `prom:"default=basic" json:"level"`
	Settings Settings          `json:"settings"`
	Gone     *time.Time        `prom:"deleted" json:"-"`
	Orders   prom.Many[Order]  `json:"orders,omitzero"`
	Spent    string            `prom:"computed" json:"spent,omitzero"`
	Invited  *prom.Ref[Invite] `prom:"invite_id" json:"-"`
}

// Level is how much a customer has bought.
type Level string

// The levels of customers.
const (
	Basic Level = "basic"
	Gold  Level = "gold"
)

// Values lists the levels, so that no other text is stored.
func (Level) Values() []Level { return []Level{Basic, Gold} }

// Settings are stored as a JSON document.
type Settings struct {
	Theme string   `json:"theme,omitempty"`
	Mail  Mail     `json:"mail"`
	Beta  []string `json:"beta,omitempty"` // features that the customer tries
}

// Mail says which mails a customer wants.
type Mail struct {
	Weekly bool `json:"weekly"`
}

// Invite is a code by which a customer may register once.
type Invite struct {
	prom.Model
	Code    string `prom:"unique"`
	Expires time.Time
}

// Product is for sale.
type Product struct {
	prom.Model
	SKU        string                               `prom:"sku,unique,size=1..20" json:"sku"`
	Name       string                               `prom:"nonempty" json:"name"`
	Text       string                               `json:"text"`
	Price      string                               `prom:"decimal=12.2" json:"price"`
	Stock      int                                  `prom:"min=0" json:"stock"`
	Version    int                                  `prom:"version" json:"version"`
	Categories prom.ManyToMany[Category, Placement] `json:"categories,omitzero"`

	_ struct{} `prom:"fulltext='name A, text B',language=english"`
}

// Category is a group of products. Categories are a tree.
type Category struct {
	prom.Model
	Name       string              `prom:"unique"`
	Parent     *prom.Ref[Category] `prom:"parent_id,index"`
	Products   prom.ManyToMany[Product, Placement]
	Placements prom.Many[Placement]
}

// Placement puts a product into a category, at a position.
type Placement struct {
	Category prom.Ref[Category] `prom:"category_id,key"`
	Product  prom.Ref[Product]  `prom:"product_id,key,index"`
	Position int
	Featured bool
}

// Order is what a customer has bought at once. Its key is a UUID.
type Order struct {
	prom.UUIDModel
	Customer  prom.Ref[Customer] `prom:"customer_id,index,ondelete=restrict" json:"customer"`
	State     string             `prom:"choices=open|paid|sent,default=open" json:"state"`
	Total     string             `prom:"decimal=12.2,default=0" json:"total"`
	Placed    time.Time          `prom:"index,default=now" json:"placed"`
	CreatedBy string             `json:"created_by"`
	UpdatedBy string             `json:"updated_by"`
	Lines     prom.Many[Line]    `json:"lines,omitzero"`
}

// BeforeSave notes who has made the change.
func (o *Order) BeforeSave(ctx context.Context) error {
	if who := prom.Actor(ctx); who != "" {
		o.UpdatedBy = who
		if o.IsNew() {
			o.CreatedBy = who
		}
	}
	return nil
}

// Line is one product of an order.
type Line struct {
	prom.Model
	Order    prom.RefBy[Order, prom.UUID] `prom:"order_id,index" json:"-"`
	Product  prom.Ref[Product]            `prom:"product_id,index,ondelete=restrict" json:"product"`
	Quantity int                          `prom:"min=1" json:"quantity"`
	Price    string                       `prom:"decimal=12.2" json:"price"`
}

// Job is work for later.
type Job struct {
	prom.Model
	Kind  string
	Body  string
	State string    `prom:"choices=new|taken|done|failed,default=new"`
	Until time.Time // after which another worker may take it
	Tries int

	_ struct{} `prom:"index=open,on='state, until'"`
}

// Visits counts how often a page was shown on a day.
type Visits struct {
	prom.Model
	Page  string    `prom:"unique=page_day"`
	Day   time.Time `prom:"date,unique=page_day"`
	Count int
}

// Each prototype names the columns of its model.
var (
	customer         = prom.Proto[Customer]()
	customerID       = prom.NumberOf(customer, &customer.ID)
	customerEmail    = prom.TextOf(customer, &customer.Email)
	customerName     = prom.TextOf(customer, &customer.Name)
	customerLevel    = prom.TextOf(customer, &customer.Level)
	customerSettings = prom.JSONOf(customer, &customer.Settings)
	customerGone     = prom.NullTimeOf(customer, &customer.Gone)
	customerOrders   = prom.ManyOf(customer, &customer.Orders)

	invite        = prom.Proto[Invite]()
	inviteCode    = prom.TextOf(invite, &invite.Code)
	inviteExpires = prom.TimeOf(invite, &invite.Expires)

	product           = prom.Proto[Product]()
	productID         = prom.NumberOf(product, &product.ID)
	productSKU        = prom.TextOf(product, &product.SKU)
	productName       = prom.TextOf(product, &product.Name)
	productPrice      = prom.OrderedOf(product, &product.Price)
	productStock      = prom.NumberOf(product, &product.Stock)
	productCategories = prom.ManyToManyOf(product, &product.Categories)
	productSearch     = prom.FullTextOf(product)

	category           = prom.Proto[Category]()
	categoryName       = prom.TextOf(category, &category.Name)
	categoryParent     = prom.NullRefOf(category, &category.Parent)
	categoryProducts   = prom.ManyToManyOf(category, &category.Products)
	categoryPlacements = prom.ManyOf(category, &category.Placements)

	placement         = prom.Proto[Placement]()
	placementProduct  = prom.RefOf(placement, &placement.Product)
	placementPosition = prom.NumberOf(placement, &placement.Position)
	placementFeatured = prom.FieldOf(placement, &placement.Featured)

	order         = prom.Proto[Order]()
	orderID       = prom.OrderedOf(order, &order.ID)
	orderCustomer = prom.RefOf(order, &order.Customer)
	orderState    = prom.TextOf(order, &order.State)
	orderTotal    = prom.OrderedOf(order, &order.Total)
	orderPlaced   = prom.TimeOf(order, &order.Placed)
	orderLines    = prom.ManyOf(order, &order.Lines)

	line         = prom.Proto[Line]()
	lineID       = prom.NumberOf(line, &line.ID)
	lineOrder    = prom.RefOf(line, &line.Order)
	lineProduct  = prom.RefOf(line, &line.Product)
	lineQuantity = prom.NumberOf(line, &line.Quantity)
	linePrice    = prom.OrderedOf(line, &line.Price)

	job      = prom.Proto[Job]()
	jobID    = prom.NumberOf(job, &job.ID)
	jobState = prom.TextOf(job, &job.State)
	jobUntil = prom.TimeOf(job, &job.Until)
	jobTries = prom.NumberOf(job, &job.Tries)

	visits      = prom.Proto[Visits]()
	visitsPage  = prom.TextOf(visits, &visits.Page)
	visitsDay   = prom.TimeOf(visits, &visits.Day)
	visitsCount = prom.NumberOf(visits, &visits.Count)
)
