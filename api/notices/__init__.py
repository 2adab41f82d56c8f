"""What the press tells those who hold a title: on their own page, and by mail to who wants it."""
