console.log("ChatStream");
