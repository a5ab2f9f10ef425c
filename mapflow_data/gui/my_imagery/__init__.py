"""The tab "My imagery": list or sheet, drawer, filter, tools and menus put together."""
