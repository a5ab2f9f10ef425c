"""What any dialog is built of: forms, icons, labels, chips, views that stay smooth."""
