"""The served app under load: many tabs that click, beside a page that shows constants."""
