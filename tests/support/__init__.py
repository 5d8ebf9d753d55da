"""What tests share: fakes that are real servers, and a deployment in a folder."""
